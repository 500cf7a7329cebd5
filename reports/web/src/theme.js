import { ref } from "vue"

// The system's choice until the reader makes one; nothing is stored. Paper is light.
const dark = window.matchMedia("(prefers-color-scheme: dark)")
const print = window.matchMedia("print")
export const theme = ref(dark.matches ? "dark" : "light")

function apply() {
  document.documentElement.setAttribute("data-bs-theme", print.matches ? "light" : theme.value)
}

dark.addEventListener("change", (event) => {
  theme.value = event.matches ? "dark" : "light"
  apply()
})
print.addEventListener("change", apply)

export function toggleTheme() {
  theme.value = theme.value === "dark" ? "light" : "dark"
  apply()
}

apply()
