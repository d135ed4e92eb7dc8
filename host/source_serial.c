/* SPDX-License-Identifier: MIT */
/* A serial device: raw, 8 bits, no parity, one stop bit. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "message.h"

static const struct {
    unsigned baud;
    speed_t speed;
} speeds[] = {
    {9600, B9600},       {19200, B19200},     {38400, B38400},     {57600, B57600},
    {115200, B115200},   {230400, B230400},   {460800, B460800},   {500000, B500000},
    {576000, B576000},   {921600, B921600},   {1000000, B1000000}, {1152000, B1152000},
    {1500000, B1500000}, {2000000, B2000000}, {3000000, B3000000}, {4000000, B4000000},
};

static int refuse(const char *path, int fd, const char *why)
{
    message_error("cannot use %s as a serial device: %s", path, why);
    close(fd);
    return -1;
}

int source_serial(const char *path, int fd, unsigned baud)
{
    struct termios mode;
    speed_t speed = B0;

    for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
        speed = speeds[i].baud == baud ? speeds[i].speed : speed;
    }
    if (speed == B0) {
        return refuse(path, fd, "that baud rate is not known; 115200 is the usual one");
    }
    if (tcgetattr(fd, &mode) != 0) {
        return refuse(path, fd, strerror(errno));
    }
    cfmakeraw(&mode);
    mode.c_cflag |= CLOCAL | CREAD;
    mode.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS | HUPCL); /* closing does not reset the board */
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    if (cfsetispeed(&mode, speed) != 0 || cfsetospeed(&mode, speed) != 0 ||
        tcsetattr(fd, TCSANOW, &mode) != 0) {
        return refuse(path, fd, strerror(errno));
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}
