/** Indices: mapping, documents, and a search box that explains scores. */

import { ask, attempt, h, json } from './kit.js'

const view = { index: null, part: 'search', body: null, list: null, detail: null }

export function show (main) {
  view.list = h('ol.list', { 'aria-label': 'Indices' })
  view.detail = h('section.detail', { 'aria-label': 'Index' })
  const reload = h('button', { onclick: () => attempt(load) }, 'Reload')
  main.replaceChildren(h('div.split', {}, h('section.side', { 'aria-label': 'Indices' }, h('div.bar', {}, h('h2', {}, 'Indices'), reload), h('div.scroll', {}, view.list)), view.detail))
  attempt(load)
}

export async function load () {
  const rows = await ask('GET', '/_cat/indices?format=json&expand_wildcards=all&s=index')
  if (!rows.some(row => row.index === view.index)) view.index = rows[0]?.index ?? null
  view.list.replaceChildren(...(rows.length
    ? rows.map(row => h('li', {}, h('button.row', { 'aria-current': String(row.index === view.index), onclick: () => { view.index = row.index; attempt(load) } },
        h('strong', {}, row.index), h('span.quiet', {}, `${row['docs.count'] ?? '–'} documents · ${row.pri} shard${row.pri === '1' ? '' : 's'} · `, h(`span.badge.${row.health === 'green' ? 'good' : row.health === 'red' ? 'bad' : 'warn'}`, {}, row.health || row.status)))))
    : [h('li', {}, h('div.empty', {}, 'No indices yet.', h('code', {}, `curl -XPUT ${location.origin}/books/_doc/1?refresh -H 'content-type: application/json' -d '{"title": "Dune"}'`)))]))
  await detail()
}

async function detail () {
  if (view.index === null) {
    view.detail.replaceChildren(h('div.empty', {}, 'Indices appear here as soon as there are some.'))
    return
  }
  const parts = { search: 'Search', documents: 'Documents', mapping: 'Mapping', settings: 'Settings' }
  const tabs = h('div', { role: 'tablist', 'aria-label': 'Of the index' }, ...Object.entries(parts).map(([name, text]) =>
    h('button', { role: 'tab', 'aria-selected': String(view.part === name), 'data-part': name, onclick: () => { view.part = name; attempt(detail) } }, text)))
  const body = h('div')
  view.detail.replaceChildren(h('div.head', {}, h('h2', {}, view.index), tabs), body)
  await { search, documents, mapping, settings }[view.part](body)
}

const path = () => '/' + encodeURIComponent(view.index)

async function mapping (box) {
  const found = await ask('GET', `${path()}/_mapping`)
  box.replaceChildren(h('div.card', {}, h('h3', {}, 'Mapping'), json(JSON.stringify(Object.values(found)[0]))))
}

async function settings (box) {
  const found = await ask('GET', `${path()}?flat_settings=true`)
  const { settings, aliases } = Object.values(found)[0]
  box.replaceChildren(h('div.both', {}, h('div.card', {}, h('h3', {}, 'Settings'), json(JSON.stringify(settings))), h('div.card', {}, h('h3', {}, 'Aliases'), json(JSON.stringify(aliases)))))
}

async function documents (box) {
  const found = await ask('POST', `${path()}/_search`, { size: 50, version: true, seq_no_primary_term: true })
  box.replaceChildren(h('div.card', {}, h('h3', {}, `${found.hits.total.value ?? found.hits.total} searchable documents`, h('span', {}, 'the first 50')),
    ...found.hits.hits.map(hit => h('details.hit', {}, h('summary', {}, h('strong', {}, hit._id), h('span.source', {}, JSON.stringify(hit._source ?? {})), h('span.badge', {}, `v${hit._version}`)), json(JSON.stringify(hit))))))
}

async function search (box) {
  const input = h('textarea', { rows: 7, spellcheck: 'false', 'aria-label': 'Query, as words or as JSON', id: 'query',
    onkeydown: event => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) go() } },
    view.body ?? '{\n  "query": { "match_all": {} }\n}')
  const result = h('div', { 'aria-live': 'polite' })
  const go = () => attempt(async () => {
    view.body = input.value
    const started = performance.now()
    const found = await ask('POST', `${path()}/_search`, { ...wanted(input.value), explain: true })
    result.replaceChildren(hits(found, performance.now() - started))
  })
  box.replaceChildren(h('div.card', {}, h('h3', {}, 'Search', h('span', {}, 'words, or a body · Ctrl Enter')), h('div.in', {}, input,
    h('div.buttons', {}, h('button.main', { onclick: go, id: 'go' }, 'Search and explain')))), result)
  if (view.body !== null) go()
}

function wanted (text) {
  if (!text.trim().startsWith('{')) return { query: { multi_match: { query: text, fields: ['*'], lenient: true } } }
  return JSON.parse(text)
}

function hits (found, ms) {
  const total = found.hits.total?.value ?? found.hits.total
  const rest = Object.fromEntries(['aggregations', 'suggest'].filter(key => found[key]).map(key => [key, found[key]]))
  return h('div.card', {}, h('h3', {}, `${total} hits`, h('span', {}, `${ms.toFixed(0)} ms`)),
    ...found.hits.hits.map(hit => h('details.hit', {}, h('summary', {}, h('span.value', {}, hit._score?.toFixed(4) ?? '–'), h('strong', {}, hit._id), h('span.source', {}, JSON.stringify(hit._source ?? {}))),
      hit._explanation ? h('div.explain', {}, explain(hit._explanation, true)) : null, json(JSON.stringify(hit._source ?? {})))),
    Object.keys(rest).length ? json(JSON.stringify(rest)) : null)
}

/** An explanation as a tree: value, what it is, what it comes from. */
function explain (node, open) {
  const head = [h('span.value', {}, String(node.value)), node.description]
  if (!node.details?.length) return h('div', {}, ...head)
  return h('details', { open }, h('summary', {}, ...head), ...node.details.map(one => explain(one, open && node.details.length < 4)))
}
