// Opens the pages that the reports' tests wrote, in headless Chromium: no console error, no request, every
// section filled, hostile text shown as text. Usage: node report.test.mjs PACKAGES PAGES
import { mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import assert from "node:assert/strict"
import { pathToFileURL } from "node:url"

const [packages, pages] = process.argv.slice(2)
const { chromium } = createRequire(join(resolve(packages), "package.json"))("playwright-core")
const profile = mkdtempSync(join(tmpdir(), "quern-web-"))
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
})

async function open(name, { scheme = "light", width = 1280 } = {}) {
  const page = await browser.newPage()
  const faults = []
  const file = pathToFileURL(join(resolve(pages), name)).href
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()))
  page.on("pageerror", (error) => faults.push(String(error)))
  page.on("dialog", (dialog) => (faults.push("dialog: " + dialog.message()), dialog.dismiss()))
  page.on("request", (request) => {
    const url = request.url()
    if (url.split("#")[0] !== file && !url.startsWith("data:")) faults.push("request: " + url)
  })
  await page.emulateMedia({ colorScheme: scheme })
  await page.setViewportSize({ width, height: 900 })
  await page.goto(file)
  await page.waitForSelector("#summary h1")
  return { page, faults }
}

async function shot(page, name) {
  await page.evaluate(() => window.scrollTo(0, 0))
  await page.waitForTimeout(200)
  await page.screenshot({ path: join(pages, name + ".png"), fullPage: true })
}

async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

try {
  const sample = process.argv[4] ?? "sample.html"
  {
    const { page, faults } = await open(sample)
    for (const id of ["summary", "proposals", "profile", "candidates", "pareto", "gaps", "reading"]) {
      const text = await page.locator("#" + id).innerText()
      assert.ok(text.length > 60, `section ${id} is filled: ${text}`)
    }
    assert.ok((await page.locator("#proposals article").count()) >= 1, "a proposal is shown")
    assert.ok((await page.locator("#profile svg").count()) >= 1, "the time series is drawn")
    assert.ok((await page.locator("#profile tbody tr").count()) >= 2, "the profile has rows")
    await page.locator("[data-test=class]").first().focus()
    await page.keyboard.press("Enter")
    await page.waitForSelector("#profile .code-block pre")
    await page.keyboard.press("Enter")
    await shot(page, "light")
    const plans = page.locator("[data-test=plans]")
    if ((await plans.count()) > 0) {
      await plans.first().click()
      await page.waitForSelector(".plan-frame .plan-node, .plan-frame .plan-container, .plan-frame svg")
      await page.waitForFunction(() => /Scan|Join|Sort|Loop/.test(document.querySelector(".plan-frame").innerText))
      await page.waitForTimeout(800)
      await shot(page, "plans")
      await page.getByRole("button", { name: /^Before/ }).first().click()
      await page.waitForFunction(() => /Scan/.test(document.querySelector(".plan-frame").innerText))
    }
    await page.click("[data-test=theme]")
    assert.equal(await page.getAttribute("html", "data-bs-theme"), "dark")
    assert.deepEqual(faults, [])
    await page.close()
  }
  for (const [name, options] of [["dark", { scheme: "dark" }], ["narrow", { width: 390 }]]) {
    const { page, faults } = await open(sample, options)
    await page.waitForTimeout(300)
    await shot(page, name)
    assert.ok((await overflow(page)) <= 0, `${name}: nothing sticks out sideways`)
    assert.deepEqual(faults, [])
    await page.close()
  }
  {
    const { page, faults } = await open("hostile.html")
    const started = Date.now()
    await page.fill("[data-test=filter]", "select 999")
    await page.waitForFunction(() => document.querySelectorAll("#profile .profile tbody tr").length === 1)
    assert.ok(Date.now() - started < 3000, "a thousand classes are filtered at once")
    const title = await page.locator("#proposals article .title").first().innerText()
    assert.ok(title.includes("</script><script>alert(1)</script>"), "markup is shown as text")
    assert.deepEqual(faults, [])
    await page.close()
  }
  {
    const { page, faults } = await open("empty.html")
    for (const id of ["proposals", "profile", "candidates", "pareto", "gaps"]) {
      assert.ok((await page.locator(`#${id} .empty`).count()) >= 1, `${id} says that it is empty`)
    }
    assert.deepEqual(faults, [])
    await page.close()
  }
  console.log("report pages: ok")
} finally {
  await browser.close()
  rmSync(profile, { recursive: true, force: true })
}
