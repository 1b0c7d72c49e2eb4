// The official JavaScript client against a running server; not part of pytest's run.
//
//   npm install @elastic/elasticsearch@9
//   node tests/clients/smoke.mjs http://127.0.0.1:9200
//
// Ends with exit code 0 and one line; an assertion that fails ends it with its stack.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const { Client, errors } = createRequire(process.cwd() + '/')('@elastic/elasticsearch')
const client = new Client({ node: process.argv[2] ?? 'http://127.0.0.1:9200' })

const info = await client.info()
assert.equal(info.tagline, 'You Know, for Search')

await client.indices.delete({ index: 'smoke', ignore_unavailable: true })
const written = await client.index({ index: 'smoke', id: '1', document: { title: 'one', n: 1 }, refresh: true })
assert.equal(written.result, 'created')
assert.deepEqual((await client.get({ index: 'smoke', id: '1' }))._source, { title: 'one', n: 1 })

const done = await client.helpers.bulk({
  datasource: Array.from({ length: 250 }, (_, n) => ({ title: `number ${n}`, n })),
  onDocument: () => ({ index: { _index: 'smoke' } }),
  refreshOnCompletion: 'smoke'
})
assert.deepEqual([done.successful, done.failed], [250, 0])

let seen = 0
for await (const page of client.helpers.scrollDocuments({ index: 'smoke', size: 100, query: { match_all: {} } })) {
  seen += page ? 1 : 0
}
assert.equal(seen, 251)

const found = await client.search({
  index: 'smoke',
  query: { range: { n: { gte: 200 } } },
  aggs: { most: { max: { field: 'n' } } }
})
assert.equal(found.hits.total.value, 50)
assert.equal(found.aggregations.most.value, 249)

await assert.rejects(client.get({ index: 'smoke', id: 'none' }), error => {
  assert.ok(error instanceof errors.ResponseError)
  assert.equal(error.statusCode, 404)
  assert.deepEqual(error.body, { _index: 'smoke', _id: 'none', found: false })
  return true
})
await assert.rejects(client.rollup.stopJob({ id: 'none' }), error => {
  assert.ok(error instanceof errors.ResponseError)
  assert.equal(error.statusCode, 404)
  assert.equal(error.body.error.type, 'resource_not_found_exception')
  return true
})
console.log(`ok: client of ${info.version.number}`)
