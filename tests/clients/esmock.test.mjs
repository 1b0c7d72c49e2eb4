/** The JavaScript helper. Run by test_javascript.py, or: ESMOCK_COMMAND=esmock node --test esmock.test.mjs */

import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'

import { Esmock, EsmockError } from '../../esmock/controls/clients/esmock.mjs'

let esmock

before(async () => { esmock = await Esmock.start({ command: JSON.parse(process.env.ESMOCK_COMMAND ?? '["esmock"]') }) })
beforeEach(() => esmock.reset())
after(() => esmock.stop())

const get = async (path, server = esmock) => {
  const response = await fetch(server.url + path)
  return { status: response.status, body: await response.json() }
}

test('it is healthy', async () => {
  assert.equal((await esmock.health()).status, 'ok')
})

test('a fault acts and is released', async () => {
  const fault = await esmock.fault('status', { status: 503, match: { path: '/_cluster/*' } })
  assert.equal((await get('/_cluster/health')).status, 503)
  await fault.release()
  assert.equal((await get('/_cluster/health')).status, 200)
  assert.deepEqual(await esmock.faults(), [])
})

test('a fault that cannot be names its field', async () => {
  await assert.rejects(esmock.fault('queue_ful'), error => error instanceof EsmockError && error.field === 'fault' && /queue_full/.test(error.message))
})

test('calls are asserted on, with the nearest misses', async () => {
  await esmock.seed({ books: [{ _id: '1', title: 'Dune' }] })
  await get('/books/_search?q=dune')
  await esmock.assertCalled({ endpoint: 'search', index: 'books' }, { times: 1 })
  await esmock.assertNotCalled({ endpoint: 'bulk' })
  await assert.rejects(esmock.assertCalled({ endpoint: 'search', index: 'films' }), /wanted films, was \['books'\]/)
  const [call] = await esmock.calls({ endpoint: 'search' })
  assert.equal(JSON.parse((await esmock.exchange(call.number)).response.body).hits.total.value, 1)
})

test('a stub answers', async () => {
  await esmock.stub('template', { match: { path: '/_mine/*' }, body: { you_asked: '{{path}}' } })
  assert.deepEqual((await get('/_mine/a')).body, { you_asked: '/_mine/a' })
})

test('time stands, moves and travels', async () => {
  assert.equal((await esmock.freeze('2030-01-31T12:00:00Z')).now, '2030-01-31T12:00:00.000Z')
  assert.equal((await esmock.advance('1h')).now, '2030-01-31T13:00:00.000Z')
  assert.equal((await esmock.resume()).frozen, false)
})

test('spaces do not see each other', async () => {
  const space = await esmock.makeSpace({ version: '7.10.2', seed: { films: [{ title: 'Alien' }] } })
  assert.equal((await get('/films/_count', space)).body.count, 1)
  assert.equal((await get('/films/_count')).status, 404)
  assert.equal((await get('/', space)).body.version.number, '7.10.2')
  await space.drop()
})

test('state goes out and comes back', async () => {
  await esmock.seed({ books: [{ _id: '1', title: 'Dune' }] })
  const state = await esmock.state()
  await esmock.reset()
  await esmock.restore(state)
  assert.equal((await get('/books/_count')).body.count, 1)
})
