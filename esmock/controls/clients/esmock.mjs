/**
 * Drives an esmock server from JavaScript: faults, stubs, journal, time, spaces. One file, no dependencies; Node 18 and later,
 * Deno, Bun, browsers of the same origin.
 *
 *   import { Esmock } from './esmock.mjs'
 *   const esmock = await Esmock.start()                  // or new Esmock('http://127.0.0.1:9200')
 *   await esmock.fault('queue_full', { match: { endpoint: 'search' }, when: { first: 2 } })
 *   ...
 *   await esmock.assertCalled({ endpoint: 'search' }, { times: 3 })
 *   await esmock.stop()
 */

export class EsmockError extends Error {
  /** @param {{field?: string, reason?: string}} error */
  constructor (error, status) {
    super([error?.field, error?.reason ?? `status ${status}`].filter(Boolean).join(': '))
    this.name = 'EsmockError'
    this.field = error?.field
    this.status = status
  }
}

export class Esmock {
  #process

  /**
   * @param {string} url of the server
   * @param {{token?: string, space?: string}} options
   */
  constructor (url, { token, space } = {}) {
    this.root = url.replace(/\/$/, '')
    this.token = token
    this.space = space
  }

  /** Where Elasticsearch clients go. */
  get url () {
    return this.space === undefined ? this.root : `${this.root}/_esmock/in/${encodeURIComponent(this.space)}`
  }

  /**
   * Start a server that ends with this process, and wait until it is ready.
   * @param {{command?: string[], args?: string[]}} options further arguments of `esmock serve`
   */
  static async start ({ command = ['esmock'], args = [] } = {}) {
    const { spawn } = await import('node:child_process')
    const { createInterface } = await import('node:readline')
    const [name, ...first] = command
    const child = spawn(name, [...first, 'serve', '--port', '0', '--json', '--parent-pid', String(process.pid), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ready = await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', code => reject(new Error(`esmock ended with ${code} before it was ready`)))
      createInterface({ input: child.stdout }).once('line', line => resolve(JSON.parse(line)))
    })
    child.removeAllListeners('exit')
    const made = new Esmock(ready.url)
    made.#process = child
    child.unref()
    return made
  }

  /** End a server that `start` began. */
  async stop () {
    const child = this.#process
    if (!child || child.exitCode !== null) return
    await new Promise(resolve => { child.once('exit', resolve); child.kill() })
  }

  /** One call to the control API. */
  async call (method, path, body) {
    const query = this.space === undefined ? '' : `${path.includes('?') ? '&' : '?'}space=${encodeURIComponent(this.space)}`
    const response = await fetch(`${this.root}/_esmock${path}${query}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(this.token ? { 'x-esmock-token': this.token } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body)
    })
    const found = await response.json()
    if (!response.ok) throw new EsmockError(found.error, response.status)
    return found
  }

  health () { return this.call('GET', '/health') }

  /** Put a fault to work; what comes back has `release()`. */
  fault (name, fields = {}) { return this.#rule('faults', { fault: name, ...fields }) }

  /** Put a stub to work: `replace`, `patch` or `template`. */
  stub (name, fields = {}) { return this.#rule('stubs', { stub: name, ...fields }) }

  async #rule (kind, tree) {
    const [rule] = (await this.call('POST', `/v1/${kind}`, tree))[kind]
    return { ...rule, release: () => this.call('DELETE', `/v1/${kind}/${rule.id}`) }
  }

  /** Install a ready-made scenario, as `overloaded`. */
  async scenario (name, match = {}) { return (await this.call('POST', `/v1/scenarios/${name}`, match)).faults }

  async faults () { return (await this.call('GET', '/v1/faults')).faults }

  /** Release all faults and stubs. */
  async clear () {
    await this.call('DELETE', '/v1/faults')
    await this.call('DELETE', '/v1/stubs')
  }

  /** The calls that match, oldest first. */
  async calls (match = {}) { return (await this.call('POST', '/v1/journal/search', match)).exchanges }

  /** One call with headers and bodies. */
  exchange (number) { return this.call('GET', `/v1/journal/${number}`) }

  /** Throw unless calls that match came; `times`, `at_least`, `at_most` say how often. The error tells the nearest misses. */
  assertCalled (match, bounds = {}) { return this.#assert({ called: match, ...bounds }) }

  assertNotCalled (match) { return this.#assert({ called: match, times: 0 }) }

  assertOrder (...steps) { return this.#assert({ order: steps }) }

  async #assert (claim) {
    const { holds, reason } = await this.call('POST', '/v1/assertions', claim)
    if (!holds) throw new Error(reason)
  }

  async findings (...kinds) { return (await this.call('GET', `/v1/findings${kinds.length ? `?kinds=${kinds}` : ''}`)).findings }

  /** What time it is for the server. */
  clock () { return this.call('GET', '/v1/clock') }

  freeze (at = true) { return this.call('PUT', '/v1/clock', { freeze: at }) }

  advance (time) { return this.call('PUT', '/v1/clock', { advance: time }) }

  travel (to) { return this.call('PUT', '/v1/clock', { travel: to }) }

  resume () { return this.call('PUT', '/v1/clock', { resume: true }) }

  /** Back to the seed, without faults, stubs and journal. */
  reset () { return this.call('POST', '/v1/reset') }

  seed (tree) { return this.call('POST', '/v1/seed', tree) }

  /** What is here now is what `reset` returns to. */
  keep () { return this.call('POST', '/v1/freeze') }

  state () { return this.call('GET', '/v1/state') }

  restore (tree) { return this.call('PUT', '/v1/state', tree) }

  /** A further isolated cluster of the same server. */
  async makeSpace (fields = {}) {
    const { name } = await new Esmock(this.root, { token: this.token }).call('POST', '/v1/spaces', fields)
    return new Esmock(this.root, { token: this.token, space: name })
  }

  /** Drop the space that `makeSpace` made. */
  drop () { return new Esmock(this.root, { token: this.token }).call('DELETE', `/v1/spaces/${this.space}`) }
}
