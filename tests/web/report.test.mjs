// Opens the report of a real run, and the pages that the reports' tests wrote, in headless Chromium: no
// console error, no request, every section filled, hostile text shown as text. Screenshots are left in PAGES.
// Usage: node report.test.mjs PACKAGES PAGES RUN.html
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import assert from "node:assert/strict"
import { pathToFileURL } from "node:url"

const [packages, pages, run] = process.argv.slice(2)
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
  const file = pathToFileURL(resolve(pages, name)).href
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

async function shot(page, name, fullPage = true) {
  await page.evaluate(() => window.scrollTo(0, 0))
  await page.waitForTimeout(200)
  await page.screenshot({ path: join(pages, name + ".png"), fullPage })
}

async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

const texts = (page, selector) => page.locator(selector).allInnerTexts()

async function everySectionIsFilled(page) {
  for (const id of ["summary", "proposals", "profile", "candidates", "pareto", "gaps", "reading"]) {
    const text = await page.locator("#" + id).innerText()
    assert.ok(text.length > 60, `section ${id} is filled: ${text}`)
    assert.equal(await page.locator(`#${id} .empty`).count(), 0, `section ${id} lacks nothing`)
    assert.ok(!/undefined|NaN|\[object/.test(text), `section ${id} has every word: ${text}`)
  }
  assert.equal(await page.locator("#summary .fact").count(), 6)
  assert.equal(await page.locator("#summary .cost-bar").count(), 3)
  assert.match(await page.locator("#gaps").innerText(), /SQL that does not parse[^]*Not modelled in full[^]*XMLTABLE/)
  assert.equal(await page.locator("#pareto svg").count(), 2, "the trades of storage and of writes for cost are drawn")
}

async function proposalsShowTheirEvidence(page) {
  const kinds = new Set(await page.locator("#proposals article").evaluateAll((all) => all.map((one) => one.dataset.kind)))
  assert.deepEqual([...kinds].sort(), ["Create index", "Drop index", "Investigate", "Replace index", "Rewrite query"])
  await page.click("[data-test=all]")
  const bodies = await texts(page, ".proposal-body")
  assert.equal(bodies.length, await page.locator("#proposals article").count(), "each proposal opens")
  bodies.forEach((body) => assert.ok(body.length > 80 && !/undefined|NaN/.test(body), body))
  const all = bodies.join("\n")
  for (const part of ["Queries that it helps", "CREATE INDEX CONCURRENTLY", "DROP INDEX CONCURRENTLY", "Instead"]) {
    assert.ok(all.includes(part), `the proposals show: ${part}`)
  }
  await page.locator("[data-test=plans]").first().click()
  const plans = await texts(page, ".plan-texts pre")
  assert.equal(plans.length, 2, "the plans before and after")
  plans.forEach((plan) => assert.match(plan, /Scan .*\(cost=/))
  assert.notEqual(plans[0], plans[1])
  for (const view of ["after", "before"]) {
    await page.locator(`[data-test=plan-${view}]`).first().click()
    await page.waitForFunction(() => /Scan|Join|Sort|Loop/.test(document.querySelector(".plan-frame")?.innerText ?? ""))
  }
}

async function profileOpensAndSorts(page) {
  assert.equal(await page.locator("#profile > .side-by-side svg").count(), 2, "time and calls over time are drawn")
  assert.ok((await page.locator("#profile .plot rect").count()) >= 4, "with their bars")
  const times = (await page.locator("#profile > .side-by-side svg text").evaluateAll((all) => all.map((one) => one.textContent))).join(" ")
  assert.match(times, /\b05:\d\d.*Nov 21/, "their hours are told by 24, with the day")
  const rows = page.locator("#profile .profile tbody tr")
  assert.ok((await rows.count()) >= 8, "the profile has rows")
  await page.locator("[data-test=class]").first().focus()
  await page.keyboard.press("Enter")
  await page.waitForSelector("#profile .detail pre")
  await page.keyboard.press("Enter")
  await page.locator("#profile .sort", { hasText: "Calls" }).click()
  const calls = (await texts(page, "#profile .profile tbody tr td:nth-child(4)")).map((text) => Number(text.replace(",", "")))
  assert.deepEqual(calls, [...calls].sort((a, b) => b - a))
}

// The same report of a server that is busy for hours a minute: numbers of seven digits on the axes.
function busy() {
  const html = readFileSync(resolve(pages, run), "utf8")
  const data = /(<script type="application\/json" id="quern-data">)([^]*?)(<\/script>)/
  const longer = html.replace(data, (_, start, json, end) =>
    start + json.replace(/(\[\d{9,},[\d.]+,)([\d.]+)\]/g, (__, before, ms) => `${before}${Number(ms) * 1000}]`) + end)
  assert.notEqual(longer, html)
  writeFileSync(join(resolve(pages), "busy.html"), longer)
  return "busy.html"
}

async function chartLabelsAreWhole(page) {
  const cut = await page.locator("#profile svg").evaluateAll((charts) =>
    charts.flatMap((chart) => {
      const frame = chart.getBoundingClientRect()
      return [...chart.querySelectorAll("text")]
        .filter((text) => text.textContent !== "")
        .filter((text) => {
          const box = text.getBoundingClientRect()
          return box.left < frame.left || box.right > frame.right
        })
        .map((text) => text.textContent)
    }))
  assert.deepEqual(cut, [], "the words at the axes stand inside the charts")
}

try {
  {
    const { page, faults } = await open(busy())
    await chartLabelsAreWhole(page)
    assert.deepEqual(faults, [])
    await page.close()
  }
  {
    const { page, faults } = await open("sample.html")
    await page.click("[data-test=all]")
    assert.match((await texts(page, ".proposal-body")).join("\n"), /Queries that it slows down/, "a loss is shown")
    assert.deepEqual(faults, [])
    await page.close()
  }
  {
    const { page, faults } = await open(run)
    await everySectionIsFilled(page)
    await shot(page, "light")
    await proposalsShowTheirEvidence(page)
    await profileOpensAndSorts(page)
    await shot(page, "open", false)
    await page.click("[data-test=theme]")
    assert.equal(await page.getAttribute("html", "data-bs-theme"), "dark")
    assert.deepEqual(faults, [])
    await page.close()
  }
  for (const [name, options] of [["dark", { scheme: "dark" }], ["narrow", { width: 400 }]]) {
    const { page, faults } = await open(run, options)
    await shot(page, name)
    await page.click("[data-test=all]")
    await page.locator("[data-test=plans]").first().click()
    assert.ok((await overflow(page)) <= 0, `${name}: nothing sticks out sideways`)
    await page.click("[data-test=all]") // closes them
    await page.emulateMedia({ media: "print", colorScheme: options.scheme ?? "light" })
    await page.waitForFunction(() => document.querySelectorAll(".proposal-body").length === document.querySelectorAll("article").length)
    assert.equal(await page.getAttribute("html", "data-bs-theme"), "light", "paper is light")
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
