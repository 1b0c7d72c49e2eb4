/** The retry logic of @elastic/elasticsearch against faults. Run by test_javascript.py where the client is installed. */

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, beforeEach, test } from 'node:test'

import { Esmock } from '../../esmock/controls/clients/esmock.mjs'

const { Client, errors } = createRequire(process.env.ESMOCK_NODE_MODULES + '/')('@elastic/elasticsearch')
let esmock, client

before(async () => {
  esmock = await Esmock.start({ command: JSON.parse(process.env.ESMOCK_COMMAND ?? '["esmock"]') })
  client = new Client({ node: esmock.url, maxRetries: 3, requestTimeout: 2000 })
})
beforeEach(async () => {
  await esmock.reset()
  await esmock.seed({ books: [{ _id: '1', title: 'Dune' }] })
})
after(async () => {
  await client.close()
  await esmock.stop()
})

const search = () => client.search({ index: 'books' })
const FAULTS = { reset: {}, close: {}, gateway: { status: 502 }, no_shard: {} }

for (const [name, options] of Object.entries(FAULTS)) {
  test(`${name} twice is retried twice`, async () => {
    await esmock.fault(name, { ...options, match: { endpoint: 'search' }, when: { first: 2 } })
    assert.equal((await search()).hits.total.value, 1)
    await esmock.assertCalled({ endpoint: 'search' }, { times: 3 })
  })
}

test('a refusal is not retried, and comes as the client\'s own error', async () => {
  await esmock.fault('version_conflict')
  await assert.rejects(client.index({ index: 'books', id: '1', document: {} }), error => error instanceof errors.ResponseError && error.statusCode === 409)
  await esmock.assertCalled({ endpoint: 'index' }, { times: 1 })
})

test('a hanging request is the client\'s timeout', async () => {
  await esmock.fault('hang')
  await assert.rejects(client.search({ index: 'books' }, { requestTimeout: 100, maxRetries: 0 }), errors.TimeoutError)
  await esmock.clear()
  assert.equal((await search()).hits.total.value, 1)
})

test('garbled JSON is a DeserializationError', async () => {
  await esmock.fault('cut_json')
  await assert.rejects(search(), errors.DeserializationError)
})

test('what does not say that it is Elasticsearch is refused', async () => {
  await esmock.fault('no_product_header')
  const fresh = new Client({ node: esmock.url })
  await assert.rejects(fresh.search({ index: 'books' }), errors.ProductNotSupportedError)
  await fresh.close()
})

test('the bulk helper retries rejected items', async () => {
  await esmock.fault('bulk_items', { items: [1], when: { first: 2 } })
  const result = await client.helpers.bulk({ datasource: [{ n: 1 }, { n: 2 }, { n: 3 }], onDocument: () => ({ index: { _index: 'many' } }), wait: 10, retries: 3 })
  assert.deepEqual([result.successful, result.failed], [3, 0])
})
