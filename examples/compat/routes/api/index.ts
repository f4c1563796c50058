import { version } from '../_lib/browsers.ts'
import { sections } from '../_lib/reference.ts'

export default {
  version,
  sections: sections.map(({ name, size }) => ({ name, size, url: `/api/sections/${name}` })),
  feature: '/api/features/css/properties/gap',
  search: '/api/search?q=gap',
}
