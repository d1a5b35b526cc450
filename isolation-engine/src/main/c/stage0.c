/*
 * stage0: runs a launch plan and stays as the keeper of the container.
 *
 * The plan is a list of system calls that Java computed (launch/LaunchPlan.java, encoded by
 * launch/PlanImage.java). It comes as descriptor 3 and is mapped, shared with the service, at
 * a fixed address, so that it holds plain pointers into itself. Nothing here decides anything:
 * one loop makes the calls, stores what each answered and when, and stops at the first error
 * that its step does not tolerate. The one fork in the road is clone3, whose child goes on
 * with the steps of the child.
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

struct plan {
	uint64_t magic;
	uint32_t keeper_steps, child_steps;
	uint32_t fail_step, fail_errno; /* 1 + index of a step that is made to fail; 0 = none */
	uint32_t keeper_stopped, child_stopped; /* 1 + index of the step that ended the launch; 0 = none */
	/* What the keeper needs while it waits comes first, so that the service can drop the other pages. */
	uint64_t steps_offset;
	int64_t child;                 /* what clone3 made; 0 = nothing yet */
};

static struct step *step_at(struct plan *plan, uint32_t index)
{
	return (struct step *)((char *)plan + plan->steps_offset) + index;
}

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

static int64_t make(struct plan *plan, uint32_t index)
{
	struct step *step = step_at(plan, index);
	int64_t argument[ARGUMENTS], result;

	for (int i = 0; i < ARGUMENTS; i++)
		argument[i] = step->result_of[i] ? step_at(plan, step->result_of[i] - 1U)->result : step->argument[i];
	step->begin = counter();
	result = plan->fail_step == index + 1 ? -(int64_t)plan->fail_errno : system_call(step->call, argument);
	if (step->call == __NR_clone3) {
		if (result == 0)
			return 0; /* the child: the result that counts is the parent's */
		if (result > 0)
			plan->child = result;
	}
	step->end = counter();
	step->result = result;
	return result;
}

static void __attribute__((noreturn)) run_child(struct plan *plan)
{
	for (uint32_t i = plan->keeper_steps; i < plan->keeper_steps + plan->child_steps; i++) {
		int64_t result = make(plan, i);

		if (result < 0 && !tolerates(step_at(plan, i), -result)) {
			plan->child_stopped = i + 1;
			leave(STOPPED);
		}
	}
	leave(STOPPED);
}

static void __attribute__((noreturn)) run_keeper(struct plan *plan)
{
	for (uint32_t i = 0; i < plan->keeper_steps; i++) {
		int64_t result = make(plan, i);

		if (result == 0 && step_at(plan, i)->call == __NR_clone3)
			run_child(plan);
		if (result < 0 && !tolerates(step_at(plan, i), -result)) {
			plan->keeper_stopped = i + 1;
			leave(STOPPED);
		}
	}
	leave(0);
}

void __attribute__((noreturn, used)) stage0(void)
{
	const int64_t end[ARGUMENTS] = { PLAN_DESCRIPTOR, 0, 2 /* SEEK_END */ };
	int64_t size = system_call(__NR_lseek, end);
	const int64_t map[ARGUMENTS] = { PLAN_ADDRESS, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE,
					 PLAN_DESCRIPTOR, 0 };
	struct plan *plan = (struct plan *)PLAN_ADDRESS;

	if (size < (int64_t)sizeof(struct plan) || system_call(__NR_mmap, map) != PLAN_ADDRESS ||
	    plan->magic != PLAN_MAGIC)
		leave(BROKEN_PLAN);
	run_keeper(plan);
}

/* The kernel enters with the stack pointer aligned to 16, a call wants it 8 off on x86-64. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tcall stage0\n");
#else
__asm__(".globl _start\n_start:\n\tbl stage0\n");
#endif
