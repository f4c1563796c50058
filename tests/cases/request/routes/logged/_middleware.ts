import { logger } from 'hono/logger'

export default logger()
