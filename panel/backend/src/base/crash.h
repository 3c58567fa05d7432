/* Crash points: places where a test can kill or stop the process, to prove that nothing is lost and nothing happens twice.
 *
 * A point lies before and after every outside request and every commit. With BERTH_CRASH_LOG=FILE each point that is
 * passed appends its name as a line. BERTH_CRASH_AT says where the process ends by SIGKILL:
 *   BERTH_CRASH_AT=N        at the N-th point that is passed
 *   BERTH_CRASH_AT=NAME#K   when the point NAME (as the log has it) is passed for the K-th time: what threads do between
 *                           does not move it
 * BERTH_STOP_AT=... (of the same form) stops the process there by SIGSTOP instead: a pause as long as the test likes, of which
 * the process knows nothing. Without these settings a point costs one load of a flag. */
#ifndef BERTH_BASE_CRASH_H
#define BERTH_BASE_CRASH_H

void crashpoint_init(void); /* reads the environment, once, before threads */
void crashpoint_hit(const char *system, const char *what,
                    const char *when); /* "kube", "POST /api/v1/namespaces", "before" */

#endif
