// static
const euro = new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' })
const plural = new Intl.PluralRules('en')
export const GET = () => `${euro.format(1234.5)} ${plural.select(2)} ${(0.25).toLocaleString('en', { style: 'percent' })}`
