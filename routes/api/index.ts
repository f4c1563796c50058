// A plain value is an answer too: this object goes out as JSON.

export default {
  name: 'Precast sample API',
  endpoints: [
    '/api/built',
    '/api/color',
    '/api/echo',
    '/api/hello/:name',
    '/api/minute',
    '/api/notes',
  ],
}
