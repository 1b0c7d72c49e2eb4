/** What all views share: the control API, elements, JSON in colour, messages. */

export const base = location.pathname.replace(/\/$/, '')
const token = new URLSearchParams(location.search).get('token')
export const state = { space: new URLSearchParams(location.search).get('space') || 'default' }

/** The URL of a control endpoint in the current space. */
export function url (path, query = {}) {
  const all = new URLSearchParams({ ...query, ...(state.space === 'default' ? {} : { space: state.space }), ...(token ? { token } : {}) })
  return `${base}${path}${all.size ? `?${all}` : ''}`
}

/** Call the control API. Throws an Error with the server's reason. */
export async function api (method, path, body, query) {
  const response = await fetch(url(path, query), {
    method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  })
  const found = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error([found.error?.field, found.error?.reason || response.status].filter(Boolean).join(': '))
  return found
}

/** Ask the cluster itself, past all faults and without a trace in the journal. */
export async function ask (method, path, body) {
  const response = await fetch(url('/v1/ask'), {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ method, path, body })
  })
  const found = await response.json().catch(() => null)
  if (!response.ok) throw new Error(found?.error?.reason || found?.error?.root_cause?.[0]?.reason || JSON.stringify(found))
  return found
}

/** An element: h('button.main', {onclick}, 'Text', child ...). */
export function h (name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split('.')
  const element = document.createElement(tag)
  if (classes.length) element.className = classes.join(' ')
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? '' : value)
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false))
  return element
}

/** Run something, and tell when it fails. */
export async function attempt (work) {
  try {
    return await work()
  } catch (error) {
    toast(error.message, true)
  }
}

let hiding
export function toast (text, bad = false) {
  const box = document.getElementById('toast')
  box.textContent = text
  box.className = bad ? 'on bad' : 'on'
  clearTimeout(hiding)
  hiding = setTimeout(() => { box.className = '' }, bad ? 6000 : 1800)
}

const PIECES = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g

/** Text as indented JSON in colour; as it is where it is none. NDJSON stays one line per object. */
export function json (text) {
  const pre = h('pre', { tabindex: '0' })
  const shown = pretty(text)
  if (shown === null) {
    pre.textContent = text
    return pre
  }
  let at = 0
  for (const match of shown.matchAll(PIECES)) {
    pre.append(shown.slice(at, match.index))
    const [whole, string, colon, number] = match
    const kind = string ? (colon ? 'key' : 'string') : number ? 'number' : 'word'
    pre.append(h(`span.json-${kind}`, {}, string || whole), colon || '')
    at = match.index + whole.length
  }
  pre.append(shown.slice(at))
  return pre
}

/** Indented JSON that keeps every number's spelling; null where the text is no JSON. */
export function pretty (text) {
  try {
    JSON.parse(text)
  } catch {
    const lines = text.trim().split('\n')
    return lines.length > 1 && lines.every(isJson) ? text : null
  }
  let out = ''
  let depth = 0
  const line = () => '\n' + '  '.repeat(depth)
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (piece === '{' || piece === '[') { depth++; out += piece + line() } else if (piece === '}' || piece === ']') {
      depth--
      out = out.endsWith('\n' + '  '.repeat(depth + 1)) && '{['.includes(out.trimEnd().slice(-1)) ? out.trimEnd() + piece : out + line() + piece
    } else out += piece === ',' ? ',' + line() : piece === ':' ? ': ' : piece
  }
  return out
}

function isJson (text) {
  try { JSON.parse(text); return true } catch { return false }
}

/** Copy text; says so. */
export async function copy (text, what) {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const area = h('textarea', {}, text)
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
  window.lastCopied = text
  toast(`Copied as ${what}`)
}

export function statusClass (status) {
  return `span.status.s${status ? String(status)[0] : 0}`
}
