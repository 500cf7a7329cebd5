import { onBeforeUnmount, onMounted } from "vue"

// Calls `before` when the page is about to be printed, `after` when it was.
export function onPrint(before, after) {
  const media = window.matchMedia("print")
  const changed = (event) => (event.matches ? before() : after())
  onMounted(() => media.addEventListener("change", changed))
  onBeforeUnmount(() => media.removeEventListener("change", changed))
}
