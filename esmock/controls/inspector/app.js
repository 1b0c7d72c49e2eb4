/** The shell: views, space, pause, theme, keys. */

import * as indices from './indices.js'
import * as traffic from './traffic.js'
import { clock, faults, spaces } from './controls.js'
import { api, attempt, base, h, state, toast } from './kit.js'

const VIEWS = { traffic: ['Traffic', traffic], indices: ['Indices', indices], faults: ['Faults', faults], clock: ['Clock', clock], spaces: ['Spaces', spaces] }
const main = document.getElementById('main')
const tabs = document.getElementById('tabs')
let current = 'traffic'

function open (name) {
  current = name in VIEWS ? name : 'traffic'
  if (location.hash.slice(1) !== current) history.replaceState(null, '', `#${current}`)
  for (const tab of tabs.children) {
    const on = tab.dataset.view === current
    tab.setAttribute('aria-selected', String(on))
    tab.tabIndex = on ? 0 : -1
  }
  attempt(async () => VIEWS[current][1].show(main, (list, name) => (list ? choices(list) : choose(name))))
}

for (const [name, [text]] of Object.entries(VIEWS)) tabs.append(h('button', { role: 'tab', 'data-view': name, onclick: () => open(name) }, text))
tabs.addEventListener('keydown', event => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  if (!step) return
  const names = Object.keys(VIEWS)
  const next = names[(names.indexOf(current) + step + names.length) % names.length]
  open(next)
  tabs.querySelector(`[data-view="${next}"]`).focus()
})

const select = document.getElementById('space')
select.addEventListener('change', () => choose(select.value))

function choices (list) {
  select.replaceChildren(...list.map(one => h('option', { value: one.name, selected: one.name === state.space }, one.name)))
}

function choose (name) {
  state.space = name
  select.value = name
  const query = new URLSearchParams(location.search)
  if (name === 'default') query.delete('space')
  else query.set('space', name)
  history.replaceState(null, '', `?${query}#${current}`)
  traffic.follow(changed)
  open(current)
}

/** The server's rules or held requests changed. */
function changed () {
  if (current === 'faults') faults.load()
  attempt(async () => mark(await api('GET', '/v1/pause')))
}

const pause = document.getElementById('pause')
const mark = found => pause.setAttribute('aria-checked', String(found.on))
pause.addEventListener('click', () => attempt(async () => {
  const on = pause.getAttribute('aria-checked') !== 'true'
  mark(await api('PUT', '/v1/pause', { on }))
  toast(on ? 'Requests wait until you let them go' : 'Requests go on')
  if (current === 'traffic') traffic.load()
}))

function theme (name) {
  document.documentElement.dataset.theme = name
}
theme(localStorage.getItem('esmock-theme') || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))
document.getElementById('theme').addEventListener('click', () => {
  const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'
  localStorage.setItem('esmock-theme', next)
  theme(next)
})

const keys = document.getElementById('keys')
document.getElementById('help').addEventListener('click', () => keys.showModal())
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
    if (event.key === 'Escape') event.target.blur()
    return
  }
  const view = Object.keys(VIEWS)[Number(event.key) - 1]
  if (view) open(view)
  else if (event.key === 'p') pause.click()
  else if (event.key === 't') document.getElementById('theme').click()
  else if (event.key === '?') keys.showModal()
  else if (!(current === 'traffic' && traffic.key(event))) return
  event.preventDefault()
})
addEventListener('hashchange', () => open(location.hash.slice(1)))

await attempt(async () => {
  const about = await api('GET', '/v1')
  document.getElementById('version').textContent = `Elasticsearch ${about.version}`
  document.title = `esmock ${about.version} ${base ? '' : ''}`.trim()
  choices(about.spaces.map(name => ({ name })))
})
traffic.follow(changed)
open(location.hash.slice(1))
