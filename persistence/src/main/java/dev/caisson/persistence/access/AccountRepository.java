package dev.caisson.persistence.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** The statements behind {@link AccessRecords} for accounts. */
interface AccountRepository extends Repository<Account, String> {

	List<Account> findAllByOrderByName();

	Optional<Account> findById(String name);

	@Modifying
	@Query("update account set failures = :failures, locked_until = :until where name = :name")
	boolean noteFailures(String name, int failures, @Nullable Instant until);

	@Modifying
	@Query("update account set password = :password, failures = 0, locked_until = null where name = :name")
	boolean updatePassword(String name, String password);

	@Modifying
	@Query("delete from account where name = :name")
	boolean deleteById(String name);

}
