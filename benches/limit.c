// The limit: epoll, recv, and send of fixed bytes. It reads nothing of a request but its length,
// which the first one on a connection tells. No server can do with less.
//   limit FILE   FILE holds the whole answer. Prints `Listening on http://127.0.0.1:PORT`.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EVENTS = 1024, BUFFER = 65536, COPIES = 64, SMALL = 65536, FILES = 65536 };

static char request[BUFFER];
static size_t size_of[FILES];  // of a request on that connection, 0 as long as it is not known
static size_t have[FILES];     // bytes of an unfinished one
static size_t owed[FILES];     // bytes of answers that the socket has not taken
static char waits[FILES];      // whether that socket is watched for room

static char *answer;
static size_t length, stored;  // of one answer; of the copies that stand one behind the other
static int epoll;

static void watch(int fd, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  epoll_ctl(epoll, operation, fd, &event);
}

static void pay(int fd) {
  while (owed[fd] > 0) {
    size_t from = (length - owed[fd] % length) % length;
    size_t most = stored - from;
    size_t bytes = owed[fd] < most ? owed[fd] : most;
    ssize_t sent = send(fd, answer + from, bytes, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
      close(fd);
      return;
    }
    if (sent > 0) owed[fd] -= sent;
    if (sent < (ssize_t)bytes) break;
  }
  char must_wait = owed[fd] > 0;
  if (must_wait != waits[fd]) watch(fd, EPOLL_CTL_MOD, must_wait ? EPOLLIN | EPOLLOUT : EPOLLIN);
  waits[fd] = must_wait;
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: limit FILE\n"), 2;
  int file = open(argv[1], O_RDONLY);
  struct stat info;
  if (file < 0 || fstat(file, &info) != 0) return perror(argv[1]), 1;
  length = info.st_size;
  // Copies one behind the other, so that what is pipelined is answered with one call too.
  int copies = length <= SMALL ? COPIES : 1;
  stored = length * copies;
  answer = malloc(stored);
  if (!answer || read(file, answer, length) != (ssize_t)length) return perror(argv[1]), 1;
  for (int i = 1; i < copies; i++) memcpy(answer + i * length, answer, length);

  int one = 1;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 4096) != 0)
    return perror("listen"), 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("Listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);

  epoll = epoll_create1(0);
  struct epoll_event events[EVENTS];
  watch(listener, EPOLL_CTL_ADD, EPOLLIN);
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int client = accept4(listener, 0, 0, SOCK_NONBLOCK);
        if (client < 0) continue;
        if (client >= FILES) {
          close(client);
          continue;
        }
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        size_of[client] = have[client] = owed[client] = waits[client] = 0;
        watch(client, EPOLL_CTL_ADD, EPOLLIN);
        continue;
      }
      if (owed[fd] > 0) {
        pay(fd);
        continue;
      }
      ssize_t got = recv(fd, request, sizeof request, 0);
      if (got <= 0) {
        close(fd);
        continue;
      }
      if (size_of[fd] == 0) {
        char *end = memmem(request, got, "\r\n\r\n", 4);
        if (!end) {
          close(fd);
          continue;
        }
        size_of[fd] = end + 4 - request;
      }
      have[fd] += got;
      owed[fd] += have[fd] / size_of[fd] * length;
      have[fd] %= size_of[fd];
      pay(fd);
    }
  }
}
