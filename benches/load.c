// The client of the bench: sends requests round and round over connections that it keeps, reads every
// answer to its end by its Content-Length, and times it. Small enough that on a core of its own it
// keeps up with any server.
//   load -p PORT -t SECONDS [-c CONNECTIONS] [-d DEPTH] [-s STATUS] [-h] [-r BYTES] FILE
// FILE holds the requests, one behind the other, without bodies. -d: how many are sent at once on a
// connection. -s: the status of each answer. -h: answers have no body. -r: a slow reader, which takes
// that many bytes every 10 ms from each connection. Prints JSON: answers, bytes, seconds, and
// percentiles of the time from sending to the answer's last byte in microseconds. Any other status,
// and any answer without a length, ends it with 1.
// All connections ask, and ask again once all have their answers. Where each asked again by itself, who
// waits for whom settled in one of several ways, and a server's cost with it: to wake a client, and to be
// woken, costs as much as half a request. So the client never sleeps either.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 1024, BUFFER = 262144, HEAD = 8192, STEPS = 64, SCALES = 40, PATIENCE = 20000000 };

struct connection {
  int fd;
  int outstanding;
  uint64_t sent;
  size_t body;  // bytes of a body still to come
  size_t have;  // bytes of an unfinished head
  char head[HEAD];
};

static char buffer[BUFFER];
static struct { char *bytes; size_t length; } *batches;
static size_t batch_count, next_batch;
static int depth = 1, bodiless, is_slow, answered_all;
static char status[4] = "200";
static uint64_t answers, received;
static uint64_t times[SCALES * STEPS];

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000ull + time.tv_nsec / 1000;
}

// Below 64 exact, above in 64 steps for each doubling: 1.6 % at most.
static size_t slot(uint64_t value) {
  int scale = value < STEPS ? 0 : 58 - __builtin_clzll(value);
  return scale * STEPS + (value >> scale);
}

static uint64_t percentile(double part) {
  uint64_t wanted = (uint64_t)(answers * part), seen = 0;
  for (int scale = 0; scale < SCALES - 1; scale++)
    for (uint64_t step = scale ? STEPS / 2 : 0; step < STEPS; step++) {
      seen += times[scale * STEPS + step];
      if (seen > wanted) return step << scale;
    }
  return 0;
}

static void ask(struct connection *connection) {
  size_t at = next_batch++ % batch_count;
  connection->outstanding = depth;
  connection->sent = now();
  ssize_t sent = send(connection->fd, batches[at].bytes, batches[at].length, MSG_NOSIGNAL);
  if (sent != (ssize_t)batches[at].length) fail("the server does not take requests: %s", strerror(errno));
}

static void answered(struct connection *connection) {
  answers++;
  times[slot(now() - connection->sent)]++;
  if (--connection->outstanding > 0) return;
  if (is_slow) ask(connection);
  else answered_all++;
}

static size_t body_of(const char *head, size_t length) {
  if (memcmp(head, "HTTP/1.1 ", 9) != 0 || memcmp(head + 9, status, 3) != 0)
    fail("not %s: %.*s", status, (int)(length < 300 ? length : 300), head);
  if (bodiless) return 0;
  for (const char *line = head; (line = memchr(line, '\n', head + length - line));) {
    line++;
    if ((*line | 32) == 'c' && strncasecmp(line, "content-length:", 15) == 0)
      return strtoul(line + 15, 0, 10);
  }
  fail("no Content-Length: %.*s", (int)(length < 300 ? length : 300), head);
  return 0;
}

static void take(struct connection *connection, const char *bytes, size_t count) {
  received += count;
  while (count > 0) {
    if (connection->body > 0) {
      size_t part = count < connection->body ? count : connection->body;
      bytes += part;
      count -= part;
      connection->body -= part;
      if (connection->body == 0) answered(connection);
      continue;
    }
    // Most often the head is here in one piece, and is read where it stands.
    const char *end = connection->have ? 0 : memmem(bytes, count, "\r\n\r\n", 4);
    if (end) {
      size_t length = end + 4 - bytes;
      connection->body = body_of(bytes, length);
      bytes += length;
      count -= length;
    } else {
      if (connection->have == HEAD) fail("a head without an end");
      connection->head[connection->have++] = *bytes++;
      count--;
      if (connection->have < 4 || memcmp(connection->head + connection->have - 4, "\r\n\r\n", 4) != 0)
        continue;
      connection->body = body_of(connection->head, connection->have);
      connection->have = 0;
    }
    if (connection->body == 0) answered(connection);
  }
}

// Returns the bytes taken; 0 where there are none now.
static size_t pull(struct connection *connection, size_t most) {
  ssize_t got = recv(connection->fd, buffer, most, 0);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got <= 0) fail("the server closed a connection");
  take(connection, buffer, got);
  return got;
}

static void read_requests(const char *name) {
  FILE *file = fopen(name, "r");
  if (!file) fail("%s: %s", name, strerror(errno));
  fseek(file, 0, SEEK_END);
  size_t size = ftell(file);
  rewind(file);
  char *text = malloc(size + 1);
  if (fread(text, 1, size, file) != size) fail("%s cannot be read", name);
  text[size] = 0;
  for (char *at = text, *end; (end = strstr(at, "\r\n\r\n")); at = end + 4) {
    size_t length = end + 4 - at;
    char *bytes = malloc(length * depth);
    for (int i = 0; i < depth; i++) memcpy(bytes + i * length, at, length);
    batches = realloc(batches, sizeof *batches * (batch_count + 1));
    batches[batch_count].bytes = bytes;
    batches[batch_count++].length = length * depth;
  }
  if (batch_count == 0) fail("%s holds no request", name);
}

static void open_connection(struct connection *connection, int port) {
  int one = 1, little = 32768;
  connection->fd = socket(AF_INET, SOCK_STREAM, 0);
  // Otherwise the kernel takes megabytes for the reader, and the server never waits.
  if (is_slow) setsockopt(connection->fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0)
    fail("cannot connect: %s", strerror(errno));
  fcntl(connection->fd, F_SETFL, O_NONBLOCK);
}

int main(int argc, char **argv) {
  int port = 0, connections = 64, rate = 0;
  double seconds = 1;
  for (int option; (option = getopt(argc, argv, "p:t:c:d:s:r:h")) != -1;) switch (option) {
      case 'p': port = atoi(optarg); break;
      case 't': seconds = atof(optarg); break;
      case 'c': connections = atoi(optarg); break;
      case 'd': depth = atoi(optarg); break;
      case 's': memcpy(status, optarg, 3); break;
      case 'r': rate = atoi(optarg); break;
      case 'h': bodiless = 1; break;
      default: return 2;
    }
  if (optind != argc - 1 || port == 0) fail("usage: load -p PORT -t SECONDS FILE");
  is_slow = rate > 0;
  read_requests(argv[optind]);
  struct connection *all = calloc(connections, sizeof *all);
  int epoll = epoll_create1(0);
  for (int i = 0; i < connections; i++) {
    open_connection(&all[i], port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event);
  }
  uint64_t began = now(), end = began + (uint64_t)(seconds * 1e6);
  for (int i = 0; i < connections; i++) ask(&all[i]);
  struct epoll_event events[EVENTS];
  // On a busy machine the first answer may come late; without one there is nothing to say.
  for (uint64_t time; (time = now()) < end || answers == 0;) {
    if (time > end + PATIENCE) fail("no answer");
    if (is_slow) {
      for (int i = 0; i < connections; i++)
        for (size_t left = rate, got; left > 0; left -= got)
          if ((got = pull(&all[i], left < BUFFER ? left : BUFFER)) == 0) break;
      usleep(10000);
      continue;
    }
    int count = epoll_wait(epoll, events, EVENTS, 0);
    for (int i = 0; i < count; i++) pull(events[i].data.ptr, BUFFER);
    if (answered_all < connections) continue;
    answered_all = 0;
    for (int i = 0; i < connections; i++) ask(&all[i]);
  }
  printf("{\"answers\":%lu,\"bytes\":%lu,\"seconds\":%.3f,\"p50\":%lu,\"p90\":%lu,\"p99\":%lu,\"p999\":%lu}\n",
         answers, received, (now() - began) / 1e6, percentile(.5), percentile(.9), percentile(.99),
         percentile(.999));
}
