import vue from "@vitejs/plugin-vue"
import { defineConfig } from "vite"
import { viteSingleFile } from "vite-plugin-singlefile"

// One HTML file with everything in it: the report must open from a mail attachment, offline.
export default defineConfig({
  plugins: [vue(), viteSingleFile({ removeViteModuleLoader: true })],
  build: { target: "es2020", assetsInlineLimit: 100_000_000, chunkSizeWarningLimit: 10_000 },
})
