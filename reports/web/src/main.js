import "bootstrap/dist/css/bootstrap.min.css"
import "pev2/dist/pev2.css"
import "./style.css"
import { createApp } from "vue"
import App from "./App.vue"

const report = JSON.parse(document.getElementById("quern-data").textContent)
document.title = report.title
createApp(App, { report }).mount("#app")
