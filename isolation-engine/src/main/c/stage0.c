/*
 * stage0: runs a launch plan and stays as the keeper of the container.
 *
 * The plan is a list of system calls that Java computed (launch/LaunchPlan.java, encoded by
 * launch/PlanImage.java). It comes in two files, which hold plain pointers into themselves
 * because they are mapped, shared with the service, at fixed addresses: the keeper's steps as
 * descriptor 3, and those of the child that clone3 makes. Nothing here decides anything: one
 * loop makes the calls, stores what each answered and when, and stops at the first error that
 * its step does not tolerate. After clone3 the child goes on with the child's steps; after
 * clone, which joins a pid namespace, its child goes on with the steps that follow and its
 * parent is done.
 *
 * The child lets go of the keeper's steps before it makes the first of its own: whoever in a
 * container gets hold of it must not be able to write what the keeper will do.
 *
 * Freestanding: no libc, no heap, no writable data of its own, a few kilobytes in memory.
 */
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/unistd.h>
#include <stdint.h>

#define PLAN_DESCRIPTOR 3
#define PLAN_ADDRESS 0x700000000L
#define CHILD_ADDRESS 0x780000000L
#define PLAN_MAGIC 0x3067617473736961ULL
#define ARGUMENTS 6
#define TOLERATED 4
#define BROKEN_PLAN 124
#define STOPPED 125

struct step {
	int64_t argument[ARGUMENTS];
	int64_t result;
	uint64_t begin, end;           /* of the counter; 0 = not reached */
	uint16_t result_of[ARGUMENTS]; /* 1 + index of the step whose result this argument is; 0 = none */
	uint16_t tolerated[TOLERATED]; /* errors after which the launch goes on; 0 = none */
	int32_t call;
};

struct section {
	uint64_t magic;
	uint32_t steps;
	uint32_t fail_step, fail_errno; /* 1 + index of a step that is made to fail; 0 = none */
	uint32_t stopped;               /* 1 + index of the step that ended the launch; 0 = none */
	int64_t child_descriptor;       /* of the child's section; 0 = this is it */
	int64_t child;                  /* what the clone made; 0 = nothing yet */
	struct step step[];
};

static inline uint64_t counter(void)
{
#if defined(__x86_64__)
	uint32_t low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
#elif defined(__aarch64__)
	uint64_t value;
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
	return value;
#else
#error "stage0 knows x86-64 and arm64"
#endif
}

static inline int64_t system_call(int64_t number, const int64_t *argument)
{
#if defined(__x86_64__)
	int64_t result;
	register int64_t r10 __asm__("r10") = argument[3];
	register int64_t r8 __asm__("r8") = argument[4];
	register int64_t r9 __asm__("r9") = argument[5];
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(argument[0]), "S"(argument[1]), "d"(argument[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
#else
	register int64_t x8 __asm__("x8") = number;
	register int64_t x0 __asm__("x0") = argument[0];
	register int64_t x1 __asm__("x1") = argument[1];
	register int64_t x2 __asm__("x2") = argument[2];
	register int64_t x3 __asm__("x3") = argument[3];
	register int64_t x4 __asm__("x4") = argument[4];
	register int64_t x5 __asm__("x5") = argument[5];
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
#endif
}

static void __attribute__((noreturn)) leave(int64_t status)
{
	const int64_t argument[ARGUMENTS] = { status };

	for (;;)
		system_call(__NR_exit_group, argument);
}

static int tolerates(const struct step *step, int64_t error)
{
	for (int i = 0; i < TOLERATED; i++)
		if (step->tolerated[i] == error)
			return 1;
	return 0;
}

static int is_fork(const struct step *step)
{
	return step->call == __NR_clone3 || step->call == __NR_clone;
}

static int64_t make(struct section *section, uint32_t index)
{
	struct step *step = &section->step[index];
	int64_t argument[ARGUMENTS], result;

	for (int i = 0; i < ARGUMENTS; i++)
		argument[i] = step->result_of[i] ? section->step[step->result_of[i] - 1].result : step->argument[i];
	step->begin = counter();
	result = section->fail_step == index + 1 ? -(int64_t)section->fail_errno : system_call(step->call, argument);
	if (is_fork(step)) {
		if (result == 0)
			return 0; /* the child: the result that counts is the parent's */
		if (result > 0)
			section->child = result;
	}
	step->end = counter();
	step->result = result;
	return result;
}

static int64_t size_of(int64_t descriptor)
{
	const int64_t end[ARGUMENTS] = { descriptor, 0, 2 /* SEEK_END */ };

	return system_call(__NR_lseek, end);
}

static struct section *map(int64_t descriptor, int64_t address)
{
	int64_t size = size_of(descriptor);
	const int64_t map[ARGUMENTS] = { address,    size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE,
					 descriptor, 0 };
	struct section *section = (struct section *)address;

	if (size < (int64_t)sizeof(struct section) || system_call(__NR_mmap, map) != address ||
	    section->magic != PLAN_MAGIC)
		leave(BROKEN_PLAN);
	return section;
}

static struct section *childs(const struct section *keeper)
{
	struct section *child = map(keeper->child_descriptor, CHILD_ADDRESS);
	const int64_t unmap[ARGUMENTS] = { PLAN_ADDRESS, size_of(PLAN_DESCRIPTOR) };

	if (system_call(__NR_munmap, unmap) != 0)
		leave(BROKEN_PLAN);
	return child;
}

void __attribute__((noreturn, used)) stage0(void)
{
	struct section *section = map(PLAN_DESCRIPTOR, PLAN_ADDRESS);

	for (uint32_t i = 0; i < section->steps; i++) {
		int64_t result = make(section, i);
		int32_t call = section->step[i].call;

		if (result == 0 && call == __NR_clone3) {
			section = childs(section);
			i = UINT32_MAX; /* and so with its first step */
		} else if (result > 0 && call == __NR_clone) {
			leave(0);
		} else if (result < 0 && !tolerates(&section->step[i], -result)) {
			section->stopped = i + 1;
			leave(STOPPED);
		}
	}
	leave(section->child_descriptor ? 0 : STOPPED);
}

/* The kernel enters with the stack pointer aligned to 16, a call wants it 8 off on x86-64. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tcall stage0\n");
#else
__asm__(".globl _start\n_start:\n\tbl stage0\n");
#endif
