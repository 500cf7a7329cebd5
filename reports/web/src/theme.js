import { ref } from "vue"

// The system's choice until the reader makes one; nothing is stored.
const dark = window.matchMedia("(prefers-color-scheme: dark)")
export const theme = ref(dark.matches ? "dark" : "light")

function apply() {
  document.documentElement.setAttribute("data-bs-theme", theme.value)
}

dark.addEventListener("change", (event) => {
  theme.value = event.matches ? "dark" : "light"
  apply()
})

export function toggleTheme() {
  theme.value = theme.value === "dark" ? "light" : "dark"
  apply()
}

apply()
