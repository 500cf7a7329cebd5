import hljs from "highlight.js/lib/core"
import pgsql from "highlight.js/lib/languages/pgsql"
import { formatDialect, postgresql } from "sql-formatter"

hljs.registerLanguage("pgsql", pgsql)

// Colours only: highlight.js escapes every character that is markup.
export function coloured(text) {
  return hljs.highlight(text, { language: "pgsql", ignoreIllegals: true }).value
}

const indent = (line) => line.length - line.trimStart().length

// The formatter gives every item of a list a line of its own: short ones are put together again.
function folded(text, columns = 92) {
  const lines = text.split("\n")
  const joined = []
  lines.forEach((line, at) => {
    const last = joined[joined.length - 1]
    const fits = last !== undefined && last.length + line.trimStart().length < columns
    const next = lines[at + 1]
    const alone = fits && indent(line) === indent(last) + 2 && (next === undefined || indent(next) < indent(line))
    const listed = fits && last.endsWith(",") && indent(line) === indent(last)
    const clause = /^\w+$|^(GROUP|ORDER) BY$|^DELETE FROM$/i.test(last?.trim() ?? "")
    if (listed || (alone && clause)) joined[joined.length - 1] = last + " " + line.trimStart()
    else joined.push(line)
  })
  return joined.join("\n")
}

// Statements come from logs: what the formatter can not read is shown as it is.
export function laidOut(text) {
  if (text.length > 20_000 || text.includes("--")) return text
  try {
    const options = { dialect: postgresql, tabWidth: 2, expressionWidth: 80, keywordCase: "preserve" }
    return folded(folded(formatDialect(text, options)))
  } catch {
    return text
  }
}
