// Every document that the program writes on a run of the shop, against its published schema: no key too many,
// none too few, and no key in a schema that no document has. Usage: node schemas.test.mjs PACKAGES SOURCE RUN
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, resolve } from "node:path"
import { gunzipSync } from "node:zlib"

const [packages, source, run] = process.argv.slice(2)
const require = createRequire(join(resolve(packages), "package.json"))
const { default: Ajv2020 } = require("ajv/dist/2020")
const { default: Ajv } = require("ajv")

const json = (path) => JSON.parse(path.endsWith(".gz") ? gunzipSync(readFileSync(path)) : readFileSync(path))
const inRun = (name) => join(run, name)
const schemaOf = (kind) => json(join(source, "reports/schemas", kind + ".schema.json"))

function validator(kind) {
  const ajv = new Ajv2020({ allErrors: false, strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false })
  const validate = ajv.compile(schemaOf(kind))
  return (document) => (validate(document) ? "" : ajv.errorsText(validate.errors))
}

// Marks in `seen` each property of the schema that the document has.
function mark(schema, root, value, path, seen) {
  if (schema.$ref) return mark(root.$defs[schema.$ref.slice(8)], root, value, schema.$ref.slice(8), seen)
  if (schema.oneOf) return schema.oneOf.forEach((one) => mark(one, root, value, path, seen))
  if (Array.isArray(value)) return value.forEach((item) => schema.items && mark(schema.items, root, item, path + "[]", seen))
  if (value === null || typeof value !== "object") return
  for (const [key, member] of Object.entries(value)) {
    const described = schema.properties?.[key]
    if (described) {
      seen.add(`${path}.${key}`)
      mark(described, root, member, `${path}.${key}`, seen)
    } else if (schema.additionalProperties) {
      mark(schema.additionalProperties, root, member, path, seen)
    }
  }
}

function properties(schema, path, all = new Set()) {
  for (const [key, member] of Object.entries(schema.properties ?? {})) {
    all.add(`${path}.${key}`)
    properties(member, `${path}.${key}`, all)
  }
  for (const one of schema.oneOf ?? []) properties(one, path, all)
  if (schema.items) properties(schema.items, path + "[]", all)
  if (typeof schema.additionalProperties === "object") properties(schema.additionalProperties, path, all)
  for (const [name, one] of Object.entries(schema.$defs ?? {})) properties(one, name, all)
  return all
}

const lines = (path) => readFileSync(path, "utf8").trim().split("\n").map((line) => JSON.parse(line))
const golden = (name) => json(join(source, "tests/golden/reports", name))
const documents = {
  workload: ["recorded.workload.json", "more.workload.json", "run.workload.json", "all.workload.json", "cut.workload.json", "maintenance.workload.json"].map(inRun).filter(existsSync).map(json),
  catalog: [json(join(source, "samples/shop/catalog.json.gz")), json(inRun("schema.catalog.json"))],
  advice: [json(inRun("run.advice.json")), golden("advice.json")],
  calibration: [json(inRun("run.calibration.json"))],
  check: [json(inRun("run.check.json")), golden("check.json")],
  "what-if": lines(inRun("run.what-if.jsonl")),
}

for (const [kind, all] of Object.entries(documents)) {
  const errors = validator(kind)
  const schema = schemaOf(kind)
  const seen = new Set()
  assert.ok(all.length > 0)
  for (const document of all) {
    assert.equal(errors(document), "", kind)
    mark(schema, schema, document, "", seen)
    assert.notEqual(errors({ ...document, extra: 1 }), "", `${kind}: an extra key is refused`)
    for (const key of schema.required ?? []) {
      const { [key]: left_out, ...rest } = document
      assert.notEqual(errors(rest), "", `${kind}: without ${key} it is refused`)
    }
  }
  // The catalog leaves defaults out, and the shop does not have everything: its keys are held against the code
  // by a unit test. `ends` stands only in pieces of a log.
  const unseen = [...properties(schema, "")].filter((key) => !seen.has(key) && key !== ".ends" && !key.endsWith(".Plan"))
  if (kind !== "catalog") assert.deepEqual(unseen, [], `${kind}: keys of the schema that no document has`)
}

// The schema is of draft 4, from which 2020-12 differs in nothing that it uses but the name of its id.
const { $schema, id, ...sarif } = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")
const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, unicodeRegExp: false })
const validate = ajv.compile(sarif)
for (const log of [json(inRun("run.check.sarif")), golden("check.sarif")]) {
  assert.ok(validate(log), ajv.errorsText(validate.errors))
  const { driver } = log.runs[0].tool
  for (const result of log.runs[0].results) {
    assert.equal(driver.rules[result.ruleIndex].id, result.ruleId)
    assert.ok(result.locations[0].physicalLocation.region.startLine >= 1)
  }
}

// JUnit has no schema of its own; what CI servers read of it is counted.
const count = `
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == "testsuites"
cases = root.findall("testsuite/testcase")
assert len(cases) == int(root.get("tests")) == sum(int(s.get("tests")) for s in root), "tests"
assert len(root.findall("testsuite/testcase/failure")) == int(root.get("failures")) > 0, "failures"
names = [(c.get("classname"), c.get("name")) for c in cases]
assert len(set(names)) == len(names), "names are unique"
`
for (const file of [inRun("run.check.xml"), join(source, "tests/golden/reports/check.xml")]) {
  execFileSync("python3", ["-c", count, file], { stdio: "inherit" })
}
console.log("documents: ok")
