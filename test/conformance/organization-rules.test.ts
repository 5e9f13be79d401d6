/** What the organization keeps for itself: default teams, the administrator, the root unit, the base currency, and how exact amounts are. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, type Api, apiOf, createdId, expectStatus } from '../support/api.ts'
import { expectRefusal } from '../support/expect-refusal.ts'
import { makeUnit, makeUser, type WhoAmI, whoAmI } from '../support/make-people.ts'
import { giveRole, standardRole } from '../support/make-roles.ts'
import { column, makeTable } from '../support/make-table.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
let api: Api
let me: WhoAmI
before(async () => {
  server = await startServer()
  api = apiOf(server.api)
  me = await whoAmI(api)
})
after(() => server[Symbol.asyncDispose]())

const rowOf = async (path: string): Promise<Answer['body']> => expectStatus(await api.get(path), 200).body

describe('a business unit', () => {
  const teamsOf = async (unit: string) =>
    (await rowOf(`teams?$filter=_businessunitid_value eq ${unit}&$select=name,isdefault,teamtype,_administratorid_value`)).value

  test('comes with a default team of its name, which stays with it and goes with it', async () => {
    const unit = await makeUnit(api, 'North')
    const [team, ...others] = await teamsOf(unit)
    assert.deepEqual(others, [])
    assert.deepEqual([team.name, team.isdefault, team.teamtype, team._administratorid_value], ['North', true, 0, me.UserId])
    expectRefusal(await api.delete(`teams(${team.teamid})`), 400, '0x80048307')
    expectStatus(await api.delete(`businessunits(${unit})`), 204)
    expectRefusal(await api.get(`teams(${team.teamid})`), 404, '0x80040217')
  })

  test('is kept while its team owns rows, or another team is in it', async () => {
    const unit = await makeUnit(api, 'Owning')
    const [team] = await teamsOf(unit)
    const account = createdId(await api.post('accounts', { name: 'Owned', 'ownerid@odata.bind': `/teams(${team.teamid})` }))
    expectRefusal(await api.delete(`businessunits(${unit})`), 400, '0x80041d62')
    expectStatus(await api.delete(`accounts(${account})`), 204)
    const other = createdId(await api.post('teams', { name: 'Sellers', 'businessunitid@odata.bind': `/businessunits(${unit})` }))
    expectRefusal(await api.delete(`businessunits(${unit})`), 405, '0x80040227')
    assert.equal((await teamsOf(unit)).length, 2)
    expectStatus(await api.delete(`teams(${other})`), 204)
    expectStatus(await api.delete(`businessunits(${unit})`), 204)
  })

  test('can be disabled, but not the root', async () => {
    const unit = await makeUnit(api, 'Closed')
    expectStatus(await api.patch(`businessunits(${unit})`, { isdisabled: true }), 204)
    expectRefusal(await api.patch(`businessunits(${me.BusinessUnitId})`, { isdisabled: true }), 400, '0x80041d63')
    expectRefusal(await api.put(`businessunits(${me.BusinessUnitId})/isdisabled`, { value: true }), 400, '0x80041d63')
    expectRefusal(await api.delete(`businessunits(${me.BusinessUnitId})`), 400, '0x80041d63')
    expectStatus(await api.patch(`businessunits(${me.BusinessUnitId})`, { isdisabled: false, divisionname: 'All' }), 204)
  })
})

test('a user can be disabled, but not the only administrator', async () => {
  const user = await makeUser(api, 'Uma')
  expectStatus(await api.patch(`systemusers(${user})`, { isdisabled: true }), 204)
  expectRefusal(await api.patch(`systemusers(${me.UserId})`, { isdisabled: true }), 400, '0x80041d2f')
  expectRefusal(await api.delete(`systemusers(${me.UserId})`), 405, '0x80040227')
  assert.equal((await rowOf(`systemusers(${me.UserId})`)).isdisabled, false)
})

test('nor is a unit disabled that has all administrators in it or below', async () => {
  const unit = await makeUnit(api, 'Headquarters')
  const below = await makeUnit(api, 'Control room', unit)
  const user = await makeUser(api, 'Keeper', { 'businessunitid@odata.bind': `/businessunits(${below})` })
  await giveRole(api, `systemusers(${user})`, await standardRole(api, below, 'System Administrator'))
  const mine = await standardRole(api, me.BusinessUnitId, 'System Administrator')
  expectStatus(await api.patch(`businessunits(${unit})`, { isdisabled: true }), 204)
  // Whoever is in a disabled unit is no administrator that counts.
  expectRefusal(await api.delete(`systemusers(${me.UserId})/systemuserroles_association(${mine})/$ref`), 400, '0x80041d30')
  expectStatus(await api.patch(`businessunits(${unit})`, { isdisabled: false }), 204)
  expectStatus(await api.delete(`systemusers(${me.UserId})/systemuserroles_association(${mine})/$ref`), 204)
  for (const one of [unit, below]) expectRefusal(await api.patch(`businessunits(${one})`, { isdisabled: true }), 400, '0x80041d2f')
  await giveRole(api, `systemusers(${me.UserId})`, mine)
  expectStatus(await api.patch(`businessunits(${unit})`, { isdisabled: true }), 204)
})

test('the base currency stays what it is', async () => {
  const currency = async () => (await rowOf(`organizations(${me.OrganizationId})?$select=_basecurrencyid_value`))._basecurrencyid_value
  const before = await currency()
  assert.ok(before)
  // Null is what a read-only lookup looks like in a row that was read and is sent back.
  expectStatus(await api.patch(`organizations(${me.OrganizationId})`, { basecurrencyid: null, 'basecurrencyid@odata.bind': null }), 204)
  const unlinked = await api.delete(`organizations(${me.OrganizationId})/basecurrencyid/$ref`)
  assert.ok(unlinked.status >= 400 && unlinked.status < 500, String(unlinked.status))
  expectRefusal(await api.delete(`transactioncurrencies(${before})`), 405, '0x80040227')
  assert.equal(await currency(), before)
})

describe('an amount is rounded', () => {
  const amountOf = async (path: string, name: string) => (await rowOf(`${path}?$select=${name}`))[name]

  before(async () => {
    const own = column.money('new_Own', { Precision: 1, PrecisionSource: 0 })
    const priced = column.money('new_Priced', { PrecisionSource: 1 })
    await makeTable(api, 'new_Offer', [own, priced, column.money('new_Paid', { PrecisionSource: 2 })])
  })

  test('to the digits of its column, of the organization or of its currency', async () => {
    const yen = createdId(
      await api.post('transactioncurrencies', { currencyname: 'Yen', isocurrencycode: 'JPY', currencysymbol: '¥', currencyprecision: 0, exchangerate: 150 }),
    )
    expectStatus(await api.patch(`organizations(${me.OrganizationId})`, { pricingdecimalprecision: 3 }), 204)
    const body = { new_own: 1.25678, new_priced: 1.25678, new_paid: 1.55678 }
    const dollars = `new_offers(${createdId(await api.post('new_offers', body))})`
    const inYen = `new_offers(${createdId(await api.post('new_offers', { ...body, 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${yen})` }))})`
    for (const [path, paid] of [
      [dollars, 1.56],
      [inYen, 2],
    ] as const) {
      assert.deepEqual([await amountOf(path, 'new_own'), await amountOf(path, 'new_priced'), await amountOf(path, 'new_paid')], [1.3, 1.257, paid])
    }
    // The base amount is that of the rounded one.
    assert.equal(await amountOf(inYen, 'new_paid_base'), 0.0133)
    expectStatus(await api.patch(inYen, { new_paid: -2.5 }), 204)
    assert.equal(await amountOf(inYen, 'new_paid'), -3)
    expectStatus(await api.patch(`organizations(${me.OrganizationId})`, { pricingdecimalprecision: 0 }), 204)
    expectStatus(await api.put(`${dollars.replace(/\?.*/, '')}/new_priced`, { value: 7.5 }), 204)
    assert.equal(await amountOf(dollars, 'new_priced'), 8)
  })
})
