// The time on the server when the page was asked for; a script keeps it moving from there.

import { Layout } from '../_components/layout.tsx'

export default () => {
  const now = new Date().toISOString()
  return (
    <Layout title="Clock" here="/clock" verdict="dynamic">
      <h1>Clock</h1>
      <p class="clock">
        <time id="clock" datetime={now}>
          {now.slice(11, 19)}
        </time>{' '}
        <small>UTC</small>
      </p>
      <p>
        Reading the clock makes this page dynamic. From here on it listens to{' '}
        <code>/clock/events</code>, a stream of server-sent events.
      </p>
      <script src="/clock.js" defer></script>
    </Layout>
  )
}
