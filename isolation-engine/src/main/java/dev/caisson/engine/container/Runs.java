package dev.caisson.engine.container;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.NetworkId;

/** Begins runs, and finds those that an earlier service had begun. */
interface Runs extends AutoCloseable {

	/**
	 * Checks, before anything is made, what only this host can tell.
	 * @return what it leaves out: sentences for the client
	 * @throws dev.caisson.engine.spec.InvalidSpecException naming the field of what it
	 * cannot do
	 */
	List<String> check(ContainerSpec spec);

	/**
	 * Starts a container and returns when its program has been executed.
	 * @param ledger has everything on it before it is made
	 * @throws LaunchFailedException if a step failed; everything is undone
	 */
	Run begin(ContainerDirectory directory, ContainerSpec spec, Stdio stdio, Ledger ledger);

	/**
	 * The run that an earlier service had begun, if its keeper still lives. The program
	 * itself may have ended.
	 */
	Optional<Run> takeBack(ContainerDirectory directory, Ledger ledger);

	/**
	 * What the kernel says of a run under way.
	 * @param pid its first process
	 * @param readFilters whether to read seccomp filters back, too
	 * @return empty if it has ended
	 */
	Optional<IsolationReport> observe(ContainerSpec declared, int pid, boolean readFilters);

	/** Changes what others on its networks call a container that runs. */
	void rename(ContainerId id, Map<NetworkId, List<String>> names);

	/** Lets names and hosts(5) follow a container onto a network. */
	void join(ContainerDirectory directory, Endpoint endpoint);

	/** Lets names and hosts(5) follow a container that is about to leave a network. */
	void leave(ContainerDirectory directory, NetworkId network);

	/**
	 * Whether the OOM killer has struck in a run whose keeper is gone, as far as what it
	 * left can tell.
	 */
	boolean oomKilled(ContainerDirectory directory);

	/**
	 * Starts a further process in a container that runs; blocks its thread. Its id is on
	 * the ledger.
	 * @param pid the container's first process
	 * @param process a pidfd of it; stays the caller's
	 * @throws LaunchFailedException if a step failed; everything is undone
	 */
	ExecRun exec(ContainerDirectory directory, ContainerSpec container, Exec exec, int pid, Fd process, Stdio stdio);

	/** The further process that an earlier service had started, if its keeper lives. */
	Optional<ExecRun> takeBackExec(ContainerDirectory directory, ExecId id);

	/**
	 * Brings a run under way onto one more network.
	 * @param pid its first process
	 * @throws dev.caisson.engine.network.NetworkException if that cannot be; nothing has
	 * changed
	 */
	Endpoint connect(ContainerId id, int pid, EndpointSpec wanted, Ledger ledger);

	/**
	 * Takes a run under way off a network.
	 * @throws dev.caisson.engine.network.NetworkException if it is not in it
	 */
	void disconnect(ContainerId id, int pid, NetworkId network, Ledger ledger);

	/** All that shall be taken back has been. */
	void recovered();

	/**
	 * Kills and removes everything that is on the ledger, of whoever had begun it. Safe
	 * to repeat.
	 */
	void undo(ContainerDirectory directory, Ledger ledger);

	/** Lets go of what all runs share; they go on. */
	@Override
	void close();

}
