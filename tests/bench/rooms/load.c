// Many people of many rooms over websockets, from one thread: sends, and times answers and what others hear.
//
//   load PORT SECONDS RATE INFLIGHT EVENT < plan
//
// A line of the plan is one person: ROOM <tab> s|r|d <tab> COOKIE <tab> AUTH. `s` sends, `r` hears, `d` is deaf:
// it reads nothing once it is in. An empty AUTH joins without asking for `sync`. RATE > 0: so many messages a
// second a sender, whatever comes back. RATE = 0: INFLIGHT messages a room are on their way at a time; one counts
// as done when it is answered and all of its room who hear have heard it, or one that was sent after it: view
// commands and presence may be merged. Whoever hears an older view after a newer one is counted in `backwards`.
// EVENT names the template below.
// Prints one line of JSON; times are in microseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define WINDOW 4096 /* messages of a room whose times are remembered */
#define WARM_NS 1000000000ull

typedef struct {
  int fd, room, state; /* state: 0 http, 1 open, 2 joined, 3 in */
  char kind, *cookie, *auth;
  uint8_t *in;
  size_t used, room_for;
  uint64_t next; /* what this person hears next, if nothing was merged */
} Person;
typedef struct {
  int sender, hearing, flying;
  uint64_t next_at, seq, sent_at[WINDOW];
  int heard[WINDOW], answered[WINDOW];
} Room;
typedef struct { uint32_t *all; size_t count, room_for; } Times;

static Person *people;
static Room *rooms;
static int count, room_count, port, ready, measuring, wants_answer;
static const char *event;
static uint64_t sent, done, heard_all, refused, cut, bytes, backwards;
static Times heard_times, answer_times;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void note(Times *times, uint64_t ns) {
  if (times->count == times->room_for) {
    times->room_for = times->room_for ? times->room_for * 2 : 65536;
    times->all = realloc(times->all, times->room_for * sizeof *times->all);
  }
  times->all[times->count++] = (uint32_t)(ns / 1000);
}

static void put(Person *p, const char *data, size_t size) {
  while (size) {
    ssize_t k = send(p->fd, data, size, MSG_NOSIGNAL);
    if (k < 0 && (errno == EAGAIN || errno == EINTR)) { usleep(20); continue; }
    if (k < 0) return; /* its end is seen when it is read */
    data += k, size -= k;
  }
}

static void say(Person *p, const char *text) { /* a masked frame; a mask of zeros leaves the text as it is */
  char frame[2048];
  size_t size = strlen(text), head = 2;
  frame[0] = (char)0x81;
  if (size < 126) frame[1] = (char)(0x80 | size);
  else frame[1] = (char)(0x80 | 126), frame[2] = (char)(size >> 8), frame[3] = (char)size, head = 4;
  memset(frame + head, 0, 4);
  memcpy(frame + head + 4, text, size);
  put(p, frame, head + 4 + size);
}

static void send_one(int number) {
  Room *room = &rooms[number];
  uint64_t seq = room->seq++;
  int slot = seq % WINDOW;
  char text[1024], ack[24] = "";
  if (wants_answer) snprintf(ack, sizeof ack, "%llu", (unsigned long long)seq);
  if (!strcmp(event, "view"))
    snprintf(text, sizeof text,
      "42%s[\"view\",{\"fence\":1,\"pane\":0,\"change\":{\"place\":{\"kind\":\"patient\",\"frame_of_reference\":"
      "\"for1\",\"point_um\":[%llu,2000,%d]},\"field\":{\"width\":300000,\"height\":200000}}}]",
      ack, (unsigned long long)seq, number);
  else if (!strcmp(event, "presence"))
    snprintf(text, sizeof text,
      "42[\"presence\",{\"n\":%llu,\"pointer\":{\"pane\":0,\"place\":{\"kind\":\"patient\",\"frame_of_reference\":"
      "\"for1\",\"point_um\":[%llu,2000,%d]}},\"following\":true,\"quality\":\"full\"}]",
      (unsigned long long)seq + 1, (unsigned long long)seq, number);
  else
    snprintf(text, sizeof text,
      "42%s[\"op\",{\"op_id\":\"bench-%06d-%012llu\",\"command\":{\"kind\":\"chat.say\",\"text\":"
      "\"\\\"point_um\\\":[%llu,2000,%d]\"}}]",
      ack, number, (unsigned long long)seq, (unsigned long long)seq, number);
  room->sent_at[slot] = now();
  room->heard[slot] = 0;
  room->answered[slot] = !wants_answer;
  room->flying++;
  sent++;
  say(&people[room->sender], text);
}

static void maybe_done(Room *room, int slot) {
  if (!room->answered[slot] || room->heard[slot] < room->hearing) return;
  room->flying--;
  if (measuring) done++;
}

static void hear(Person *p, const char *text, size_t size) {
  Room *room = &rooms[p->room];
  if (size == 1 && text[0] == '2') { say(p, "3"); return; }
  if (p->state == 1 && text[0] == '0') {
    char join[1024];
    snprintf(join, sizeof join, "40%s", p->auth);
    say(p, join);
    return;
  }
  if (p->state == 1 && size > 1 && text[0] == '4' && text[1] == '0') {
    p->state = 2;
    if (!*p->auth) p->state = 3, ready++;
    return;
  }
  if (p->state == 2) {
    if (memmem(text, size, "[\"welcome\"", 10)) say(p, "420[\"sync\",{}]");
    else if (size > 2 && !memcmp(text, "430", 3)) p->state = 3, ready++;
    return;
  }
  if (size > 2 && text[0] == '4' && text[1] == '3') { /* an answer */
    uint64_t seq = strtoull(text + 2, NULL, 10);
    int slot = seq % WINDOW;
    if (!memmem(text, size, "\"ok\":true", 9)) {
      if (!refused++) fprintf(stderr, "refused: %.*s\n", (int)(size < 200 ? size : 200), text);
      room->flying--;
      return;
    }
    if (measuring) note(&answer_times, now() - room->sent_at[slot]);
    room->answered[slot] = 1;
    maybe_done(room, slot);
    return;
  }
  if (p->kind == 's') return;
  for (const char *at = text, *end = text + size; (at = memmem(at, end - at, "point_um", 8));) {
    const char *open = memchr(at, '[', end - at);
    if (!open) return;
    uint64_t seq = strtoull(open + 1, NULL, 10);
    at = open;
    if (seq + 1 < p->next) backwards++;
    if (seq < p->next || seq >= room->seq) continue; /* heard before: when it was drawn first, or sent by another */
    if (measuring) note(&heard_times, now() - room->sent_at[seq % WINDOW]), heard_all++, bytes += size;
    if (room->seq > WINDOW && p->next < room->seq - WINDOW) p->next = room->seq - WINDOW;
    for (; p->next <= seq; p->next++) {
      room->heard[p->next % WINDOW]++;
      maybe_done(room, p->next % WINDOW);
    }
  }
}

static void end(Person *p) {
  close(p->fd);
  p->fd = -1;
  cut++;
}

static void read_some(Person *p) {
  if (p->room_for - p->used < 65536) p->in = realloc(p->in, p->room_for = p->room_for * 2 + 131072);
  ssize_t k = recv(p->fd, p->in + p->used, p->room_for - p->used, 0);
  if (k < 0 && errno == EAGAIN) return;
  if (k <= 0) { end(p); return; }
  p->used += k;
  size_t at = 0;
  if (p->state == 0) {
    uint8_t *after = memmem(p->in, p->used, "\r\n\r\n", 4);
    if (!after) return;
    if (!memmem(p->in, p->used, " 101 ", 5)) fprintf(stderr, "no websocket: %.200s\n", p->in), exit(3);
    at = after + 4 - p->in;
    p->state = 1;
  }
  while (p->used - at >= 2) {
    uint8_t *f = p->in + at;
    size_t size = f[1] & 127, head = 2;
    if (size == 126) { if (p->used - at < 4) break; size = f[2] << 8 | f[3], head = 4; }
    else if (size == 127) {
      if (p->used - at < 10) break;
      size = 0, head = 10;
      for (int i = 2; i < 10; i++) size = size << 8 | f[i];
    }
    if (p->used - at < head + size) break;
    if ((f[0] & 15) == 1) hear(p, (char *)f + head, size);
    at += head + size;
  }
  memmove(p->in, p->in + at, p->used - at);
  p->used -= at;
}

static void come_in(int poll, int number) {
  Person *p = &people[number];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1, small = 65536;
  p->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (p->kind == 'd') setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  if (connect(p->fd, (void *)&to, sizeof to)) perror("connect"), exit(2);
  setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  char request[2048];
  int size = snprintf(request, sizeof request,
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\nCookie: %s\r\n\r\n", port, port, p->cookie);
  put(p, request, size);
  fcntl(p->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = p};
  epoll_ctl(poll, EPOLL_CTL_ADD, p->fd, &wanted);
}

static int smaller(const void *a, const void *b) {
  uint32_t x = *(uint32_t *)a, y = *(uint32_t *)b;
  return (x > y) - (x < y);
}

static unsigned quantile(Times *times, double part) {
  return times->count ? times->all[(size_t)((times->count - 1) * part)] : 0;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  port = atoi(argv[1]);
  double seconds = atof(argv[2]), rate = atof(argv[3]);
  int inflight = atoi(argv[4]);
  event = argv[5];
  wants_answer = strcmp(event, "presence") != 0;
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) {
    line[strcspn(line, "\n")] = 0;
    char *rest = line, *room = strsep(&rest, "\t"), *kind = strsep(&rest, "\t"), *cookie = strsep(&rest, "\t");
    people = realloc(people, (count + 1) * sizeof *people);
    people[count] = (Person){.room = atoi(room), .kind = *kind, .cookie = strdup(cookie), .auth = strdup(rest)};
    if (people[count].room >= room_count) {
      rooms = realloc(rooms, (people[count].room + 1) * sizeof *rooms);
      memset(rooms + room_count, 0, (people[count].room + 1 - room_count) * sizeof *rooms);
      room_count = people[count].room + 1;
    }
    if (*kind == 's') rooms[people[count].room].sender = count;
    if (*kind == 'r') rooms[people[count].room].hearing++;
    if (!*people[count].auth && *kind == 's') wants_answer = 0; /* the rivals answer nothing */
    count++;
  }
  int poll = epoll_create1(0);
  struct epoll_event events[256];
  for (int i = 0; i < count; i++) {
    come_in(poll, i);
    while (ready <= i) {
      int k = epoll_wait(poll, events, 256, 10000);
      if (k <= 0) fprintf(stderr, "person %d is not let in: state %d\n", i, people[i].state), exit(2);
      for (int j = 0; j < k; j++) read_some(events[j].data.ptr);
    }
    if (people[i].kind == 'd') epoll_ctl(poll, EPOLL_CTL_DEL, people[i].fd, NULL);
  }
  struct rusage before, after;
  uint64_t start = now(), from = start + WARM_NS, until = from + (uint64_t)(seconds * 1e9), began = 0;
  for (int i = 0; i < room_count; i++) rooms[i].next_at = start + (rate > 0 ? (uint64_t)(1e9 / rate * i / room_count) : 0);
  for (;;) {
    uint64_t t = now(), soonest = t + 5000000;
    if (!measuring && t >= from) measuring = 1, began = t, sent = 0, getrusage(RUSAGE_SELF, &before);
    if (t >= until) break;
    for (int i = 0; i < room_count; i++) {
      Room *room = &rooms[i];
      if (rate > 0) {
        if (room->next_at <= t) send_one(i), room->next_at += (uint64_t)(1e9 / rate);
        if (room->next_at < soonest) soonest = room->next_at;
      } else while (room->flying < inflight) send_one(i);
    }
    uint64_t rest = soonest > now() ? soonest - now() : 0;
    struct timespec wait = {.tv_nsec = (long)rest};
    int k = epoll_pwait2(poll, events, 256, &wait, NULL);
    for (int j = 0; j < k; j++) read_some(events[j].data.ptr);
  }
  double wall = (now() - began) / 1e9;
  getrusage(RUSAGE_SELF, &after);
  double cpu = after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec +
    (after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e6;
  qsort(heard_times.all, heard_times.count, sizeof(uint32_t), smaller);
  qsort(answer_times.all, answer_times.count, sizeof(uint32_t), smaller);
  printf("{\"sent_s\":%.1f,\"done_s\":%.1f,\"heard_s\":%.0f,\"heard_p50\":%u,\"heard_p99\":%u,\"answer_p50\":%u,"
    "\"answer_p99\":%u,\"refused\":%llu,\"cut\":%llu,\"backwards\":%llu,\"bytes\":%.1f,\"cpu\":%.3f}\n",
    sent / wall, done / wall, heard_all / wall, quantile(&heard_times, .5), quantile(&heard_times, .99),
    quantile(&answer_times, .5), quantile(&answer_times, .99), (unsigned long long)refused, (unsigned long long)cut,
    (unsigned long long)backwards, heard_all ? (double)bytes / heard_all : 0, cpu / wall);
  return 0;
}
