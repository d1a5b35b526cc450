/*
 * init: pid 1 of a container started with --init.
 *
 *   init COUNT PATH... ARGUMENT...
 *
 * It runs the first of COUNT paths that can be executed with the arguments, in a process
 * group of its own that has the terminal if there is one; passes every signal it gets on to
 * that child; reaps whatever ends; and ends as the child did. The environment and everything
 * else is inherited. Freestanding, like stage0.
 */
#include <asm/signal.h>
#include <linux/errno.h>
#include <linux/unistd.h>
#include <stdint.h>

#define ALL_SIGNALS (~0UL)
#define TIOCSPGRP 0x5410
#define WNOHANG 1
#define NOT_EXECUTABLE 126
#define NOT_FOUND 127
#define DIED_OF_SIGNAL 128

static inline long call(long number, long a, long b, long c, long d, long e)
{
#if defined(__x86_64__)
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
#else
#error "init knows x86-64 and arm64"
#endif
}

static void __attribute__((noreturn)) leave(long status)
{
	for (;;)
		call(__NR_exit_group, status, 0, 0, 0, 0);
}

static void block(unsigned long signals)
{
	call(__NR_rt_sigprocmask, 2 /* SIG_SETMASK */, (long)&signals, 0, sizeof(signals), 0);
}

static long length(const char *text)
{
	long n = 0;

	while (text[n])
		n++;
	return n;
}

static void say(const char *text)
{
	call(__NR_write, 2, (long)text, length(text), 0, 0);
}

static void __attribute__((noreturn)) run(long count, char **paths, char **arguments, char **environment)
{
	long error = ENOENT;

	call(__NR_setpgid, 0, 0, 0, 0, 0);
	int group = (int)call(__NR_getpid, 0, 0, 0, 0, 0);
	/* all signals are blocked, so that SIGTTOU does not stop this */
	call(__NR_ioctl, 0, TIOCSPGRP, (long)&group, 0, 0);
	block(0);
	for (long i = 0; i < count; i++) {
		long result = -call(__NR_execve, (long)paths[i], (long)arguments, (long)environment, 0, 0);

		if (result != ENOENT && result != ENOTDIR)
			error = result;
	}
	say("exec: \"");
	say(arguments[0]);
	say(error == ENOENT ? "\": executable file not found\n" : "\": cannot be executed\n");
	leave(error == ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

/* Reaps all that has ended; ends with the child when it is among them. */
static void reap(long child)
{
	for (;;) {
		int status = 0;
		long pid = call(__NR_wait4, -1, (long)&status, WNOHANG, 0, 0);

		if (pid <= 0)
			return;
		if (pid == child)
			leave(status & 0x7f ? DIED_OF_SIGNAL + (status & 0x7f) : status >> 8 & 0xff);
	}
}

void __attribute__((noreturn, used)) init(long *stack)
{
	char **arguments = (char **)(stack + 1);
	char **environment = arguments + stack[0] + 1;
	long count = 0;
	unsigned long all = ALL_SIGNALS;

	if (stack[0] < 4)
		leave(NOT_FOUND);
	for (const char *digit = arguments[1]; *digit; digit++)
		count = count * 10 + *digit - '0';
	block(ALL_SIGNALS);
	long child = call(__NR_clone, SIGCHLD, 0, 0, 0, 0);
	if (child == 0)
		run(count, arguments + 2, arguments + 2 + count, environment);
	if (child < 0)
		leave(NOT_EXECUTABLE);
	for (;;) {
		long signal = call(__NR_rt_sigtimedwait, (long)&all, 0, 0, sizeof(all), 0);

		if (signal == SIGCHLD)
			reap(child);
		else if (signal > 0 && signal != SIGTTIN && signal != SIGTTOU)
			call(__NR_kill, child, signal, 0, 0, 0);
	}
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall init\n");
#else
__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tbl init\n");
#endif
