package dev.caisson.platform.server;

import java.io.IOException;
import java.util.stream.Collectors;

import dev.caisson.engine.container.LaunchFailedException;
import dev.caisson.engine.image.AmbiguousImageException;
import dev.caisson.engine.image.ImageConflictException;
import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.InvalidImageException;
import dev.caisson.engine.image.InvalidReferenceException;
import dev.caisson.engine.image.trust.ImageRefusedException;
import dev.caisson.engine.network.NetworkException;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.persistence.audit.log.AuditUnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.ClientAbortException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;

import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** The one place where errors become HTTP: status codes and wording are Docker's. */
@RestControllerAdvice
final class ApiErrors {

	private static final Logger log = LoggerFactory.getLogger(ApiErrors.class);

	/** Exit codes of a program that is missing or cannot be executed. */
	private static final int NOT_FOUND = 127, NOT_EXECUTABLE = 126;

	private final ErrorWriter errors;

	ApiErrors(ErrorWriter errors) {
		this.errors = errors;
	}

	@ExceptionHandler
	void known(ApiException ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, ex.status(), ex.getMessage());
	}

	@ExceptionHandler
	void invalid(InvalidSpecException ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, 400, ex.getMessage());
	}

	@ExceptionHandler
	void noImage(ImageNotFoundException ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, 404, ex.getMessage());
	}

	@ExceptionHandler
	void imageRefused(ImageRefusedException ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, 403, ex.getMessage());
	}

	@ExceptionHandler
	void imageInUse(ImageConflictException ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, 409, ex.getMessage());
	}

	@ExceptionHandler({ InvalidReferenceException.class, InvalidImageException.class, AmbiguousImageException.class })
	void wrongImage(RuntimeException ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, 400, ex.getMessage());
	}

	/** What cannot be recorded is not done. */
	@ExceptionHandler
	void unaudited(AuditUnavailableException ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, 503, ex.getMessage());
	}

	@ExceptionHandler
	void network(NetworkException ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, switch (ex.reason()) {
			case NOT_FOUND, EXHAUSTED -> 404;
			case IN_USE, EXISTS, OVERLAP, ADDRESS_TAKEN -> 403;
			case PORT_TAKEN -> 500;
		}, ex.getMessage());
	}

	/** The client's fault where its program is not in the image or not executable. */
	@ExceptionHandler
	void launchFailed(LaunchFailedException ex, HttpServletResponse response) throws IOException {
		boolean program = ex.exitCode() == NOT_FOUND || ex.exitCode() == NOT_EXECUTABLE;
		this.errors.write(response, program ? 400 : 500, ex.getMessage());
	}

	@ExceptionHandler({ NoResourceFoundException.class, NoHandlerFoundException.class,
			HttpRequestMethodNotSupportedException.class })
	void unknownPath(HttpServletResponse response) throws IOException {
		this.errors.write(response, 404, "page not found");
	}

	@ExceptionHandler
	void unreadable(HttpMessageNotReadableException ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, 400, switch (ex.getCause()) {
			case StreamReadException syntax -> "invalid JSON: " + syntax.getOriginalMessage();
			case DatabindException type -> "invalid JSON: wrong type of value" + field(type);
			case null -> "invalid JSON: got EOF while reading request body";
			default -> "invalid JSON: " + ex.getCause().getMessage();
		});
	}

	private static String field(DatabindException ex) {
		String path = ex.getPath()
			.stream()
			.map((step) -> (step.getPropertyName() != null) ? step.getPropertyName() : "[" + step.getIndex() + "]")
			.collect(Collectors.joining("."));
		return path.isEmpty() ? "" : " of field " + path;
	}

	@ExceptionHandler
	void wrongType(HttpMediaTypeNotSupportedException ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, 400, "unsupported Content-Type header ("
				+ ((ex.getContentType() != null) ? ex.getContentType() : "") + "): must be 'application/json'");
	}

	@ExceptionHandler({ ServletRequestBindingException.class, MethodArgumentTypeMismatchException.class })
	void wrongParameter(Exception ex, HttpServletResponse response) throws IOException {
		this.errors.write(response, 400, (ex instanceof MethodArgumentTypeMismatchException mismatch)
				? "invalid value for parameter " + mismatch.getName() + ": " + mismatch.getValue() : ex.getMessage());
	}

	@ExceptionHandler
	void unexpected(Exception ex, HttpServletResponse response) throws IOException {
		if (clientHasGone(ex)) {
			// nobody is left to be answered; what was under way has ended by this
			log.debug("client has gone", ex);
			return;
		}
		log.error("request fails by an unexpected error", ex);
		this.errors.write(response, 500, (ex.getMessage() != null) ? ex.getMessage() : ex.toString());
	}

	private static boolean clientHasGone(Throwable ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof ClientAbortException) {
				return true;
			}
		}
		return false;
	}

}
