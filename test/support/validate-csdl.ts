/**
 * A strict reader of `$metadata`: everything that is named is declared, every name means one thing, both ends of a relationship agree.
 * Walks the JSON form that the OASIS converter makes of the XML in its strict mode, which finds what is no CSDL, or declared twice.
 * `validateCsdl(xml)` gives the complaints, one sentence each.
 */
import { createRequire } from 'node:module'
import { type CsdlElement, type CsdlModel, type CsdlOperation, type CsdlSet, type CsdlType, elementsOf, modelOf, qualifiedName } from './csdl-model.ts'

const { xml2json } = createRequire(import.meta.url)('odata-csdl') as { xml2json: (xml: string, options: { strict: boolean }) => { [name: string]: unknown } }

export function validateCsdl(xml: string): string[] {
  let model: CsdlModel
  try {
    model = modelOf(xml2json(xml, { strict: true }))
  } catch (error) {
    return [`the converter says: ${(error as Error).message}`]
  }
  const types = [...model.types.values()]
  return [
    ...countBindings(xml, model),
    ...types.flatMap((type) => checkBase(model, type)),
    ...types.flatMap((type) => checkNames(model, type)),
    ...types.flatMap((type) => checkKey(model, type)),
    ...types.flatMap((type) => [...type.own].flatMap(([name, element]) => checkElement(model, type, name, element))),
    ...types.flatMap((type) => checkAlternateKeys(model, type)),
    ...[...model.operations].flatMap(([name, overloads]) => checkOperation(model, name, overloads)),
    ...[...model.sets].flatMap(([name, set]) => checkSet(model, name, set)),
    ...checkImports(model),
  ]
}

/** Two of one path would have become one in JSON. Names that are declared twice the converter finds itself. */
function countBindings(xml: string, model: CsdlModel): string[] {
  const written = xml.split('<NavigationPropertyBinding ').length - 1
  const different = [...model.sets.values()].reduce((sum, set) => sum + set.bindings.size, 0)
  return written === different ? [] : [`${written} bindings are written, but only ${different} are different`]
}

function checkBase(model: CsdlModel, type: CsdlType): string[] {
  const seen = new Set<string>()
  for (let at: CsdlType | undefined = type; at; at = at.base === undefined ? undefined : model.types.get(at.base)) {
    if (seen.has(at.name)) return [`${type.name} is its own base`]
    seen.add(at.name)
    if (at.kind !== type.kind) return [`${type.name} comes from ${at.name}, which is of another kind`]
    if (at.base !== undefined && !model.types.has(at.base)) return [`the base ${at.base} of ${at.name} is not declared`]
  }
  return []
}

const IDENTIFIER = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]{0,127}$/u

/** Own and inherited names together; and also when a generator writes them in camel case. */
function checkNames(model: CsdlModel, type: CsdlType): string[] {
  const complaints: string[] = []
  const camel = new Map<string, string>()
  const inherited = type.base === undefined ? new Map<string, CsdlElement>() : elementsOf(model, type.base)
  for (const name of type.own.keys()) {
    if (!IDENTIFIER.test(name)) complaints.push(`${type.name}.${name} is no identifier`)
    if (inherited.has(name)) complaints.push(`${type.name}.${name} is inherited already`)
    if (name === type.name) complaints.push(`${type.name}.${name} has its type's name`)
  }
  for (const name of elementsOf(model, type.name).keys()) {
    const key = name.replace(/[^A-Za-z0-9]/g, '').toLowerCase()
    const other = camel.get(key)
    if (other !== undefined) complaints.push(`${type.name}.${name} and ${other} have one name in camel case`)
    camel.set(key, name)
  }
  return complaints
}

function checkKey(model: CsdlModel, type: CsdlType): string[] {
  if (type.key.length === 0) return []
  if (type.base !== undefined && keyOf(model, type.base).length > 0) return [`${type.name} has a key beside the one it inherits`]
  const elements = elementsOf(model, type.name)
  return type.key.flatMap((name) => {
    const property = elements.get(name)
    if (!property || property.isNavigation) return [`the key ${name} of ${type.name} is not declared`]
    return property.isNullable ? [`the key ${name} of ${type.name} may be null`] : []
  })
}

function keyOf(model: CsdlModel, name: string): readonly string[] {
  const type = model.types.get(name)
  if (!type) return []
  return type.key.length > 0 || type.base === undefined ? type.key : keyOf(model, type.base)
}

function checkElement(model: CsdlModel, type: CsdlType, name: string, element: CsdlElement): string[] {
  const at = `${type.name}.${name}`
  if (!element.isNavigation) return isValueType(model, element.type) ? [] : [`${at} is of the type ${element.type}, which is no type of values`]
  const target = model.types.get(element.type)
  if (target?.kind !== 'EntityType') return [`${at} leads to ${element.type}, which is no entity type`]
  return [...checkPartner(model, type, name, element), ...checkConstraint(model, type, at, element)]
}

function isValueType(model: CsdlModel, name: string): boolean {
  return PRIMITIVES.has(name) || model.enums.has(name) || model.types.get(name)?.kind === 'ComplexType'
}

const PRIMITIVES = new Set(
  ['Binary', 'Boolean', 'Date', 'DateTimeOffset', 'Decimal', 'Double', 'Guid', 'Int16', 'Int32', 'Int64', 'String'].map((name) => `Edm.${name}`),
)

function checkPartner(model: CsdlModel, type: CsdlType, name: string, element: CsdlElement): string[] {
  if (element.partner === undefined) return []
  const at = `${type.name}.${name}`
  const partner = elementsOf(model, element.type).get(element.partner)
  if (!partner?.isNavigation) return [`the partner ${element.partner} of ${at} is not declared on ${element.type}`]
  if (partner.type !== type.name) return [`the partner ${element.partner} of ${at} leads to ${partner.type}`]
  return partner.partner === name ? [] : [`the partner of ${at} has another partner, ${partner.partner}`]
}

/** CSDL 4.0, 8.2: types match; where the navigation property may be null, the dependent property may. */
function checkConstraint(model: CsdlModel, type: CsdlType, at: string, element: CsdlElement): string[] {
  return [...element.constraints].flatMap(([dependent, principal]) => {
    const own = elementsOf(model, type.name).get(dependent)
    const other = elementsOf(model, element.type).get(principal)
    if (!own || own.isNavigation) return [`${at} is tied to ${dependent}, which is not declared`]
    if (!other || other.isNavigation) return [`${at} refers to ${principal}, which is not declared on ${element.type}`]
    if (own.type !== other.type) return [`${at} ties ${own.type} to ${other.type}`]
    return (element.isNullable || other.isNullable) === own.isNullable ? [] : [`${at} and ${dependent} disagree about null`]
  })
}

function checkAlternateKeys(model: CsdlModel, type: CsdlType): string[] {
  const elements = elementsOf(model, type.name)
  return type.alternateKeys.flat().flatMap((name) => (elements.get(name)?.isNavigation === false ? [] : [`the alternate key of ${type.name} has no ${name}`]))
}

function checkOperation(model: CsdlModel, name: string, overloads: readonly CsdlOperation[]): string[] {
  const known = (type: string) => isValueType(model, type) || model.types.has(type)
  const complaints = overloads.flatMap(({ parameters, returns, isBound }) => [
    ...[...parameters.values(), ...(returns ? [returns] : [])]
      .filter((one) => !known(one.type))
      .map((one) => `${name} mentions ${one.type}, which is not declared`),
    ...(isBound && parameters.size === 0 ? [`${name} is bound to nothing`] : []),
  ])
  const bindings = overloads.map(({ isBound, parameters }) => (isBound ? JSON.stringify([...parameters.values()][0]) : 'none'))
  return new Set(bindings).size === bindings.length ? complaints : [...complaints, `${name} has two overloads that cannot be told apart`]
}

function checkSet(model: CsdlModel, name: string, set: CsdlSet): string[] {
  const type = model.types.get(set.type)
  if (type?.kind !== 'EntityType') return [`the set ${name} is of ${set.type}, which is no entity type`]
  if (keyOf(model, set.type).length === 0) return [`the rows of ${name} have no key`]
  return [...set.bindings].flatMap(([path, target]) => {
    const navigation = elementsOf(model, set.type).get(path)
    if (!navigation?.isNavigation) return [`${name} binds ${path}, which is no navigation property`]
    if (navigation.isContained) return [`${name} binds ${path}, which is contained`]
    const other = model.sets.get(target)
    if (!other) return [`${name} binds ${path} to ${target}, which is no set`]
    if (other.type !== navigation.type) return [`${name} binds ${path} to ${target}, which holds ${other.type}`]
    const back = navigation.partner === undefined ? undefined : other.bindings.get(navigation.partner)
    return back === undefined || back === name ? [] : [`${name} binds ${path} to ${target}, which binds it back to ${back}`]
  })
}

function checkImports(model: CsdlModel): string[] {
  return [...model.imports].flatMap(([name, operation]) => {
    const found = model.operations.get(qualifiedName(operation))
    return found?.some(({ isBound }) => !isBound) ? [] : [`the import ${name} leads to no unbound ${operation}`]
  })
}
