// static: renders a list
import Mustache from 'mustache'

const template = '<ul>{{#items}}<li>{{name}}: {{{html}}}</li>{{/items}}{{^items}}none{{/items}}</ul>'
const items = [{ name: '<Tea>', html: '<b>2</b>' }, { name: 'Coffee', html: '3' }]

export const GET = c => c.html(Mustache.render(template, { items }))
