const clock = document.getElementById('clock')
const events = new EventSource('/clock/events')
events.addEventListener('time', event => {
  clock.dateTime = event.data
  clock.textContent = event.data.slice(11, 19)
})
addEventListener('pagehide', () => events.close())
