package dev.caisson.engine.network.dns;

import java.io.IOException;
import java.util.Optional;

import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import org.jspecify.annotations.Nullable;

/**
 * A question as it arrived, and the frame of its answer. Its bytes are a stranger's. See
 * RFC 1035, and RFC 6891 for EDNS.
 */
final class Question {

	/** Bytes: what a client without EDNS can take, and the most that we send by UDP. */
	private static final int PLAIN_PAYLOAD = 512, LARGEST_PAYLOAD = 4096;

	private static final int HEADER = 12, QR = 0x80;

	private final Message message;

	private final Record asked;

	private Question(Message message, Record asked) {
		this.message = message;
		this.asked = asked;
	}

	/**
	 * Reads a question.
	 * @return empty if it is none that can be answered; {@link #refusal} may say so
	 */
	static Optional<Question> read(byte[] bytes) {
		try {
			Message message = new Message(bytes);
			Record asked = message.getQuestion();
			boolean one = message.getHeader().getCount(Section.QUESTION) == 1 && asked != null;
			return (one && code(message, asked) == Rcode.NOERROR) ? Optional.of(new Question(message, asked))
					: Optional.empty();
		}
		catch (IOException | RuntimeException ex) {
			return Optional.empty();
		}
	}

	private static int code(Message message, @Nullable Record asked) {
		if (message.getHeader().getOpcode() != Opcode.QUERY) {
			return Rcode.NOTIMP;
		}
		if (asked == null || message.getHeader().getFlag(Flags.QR)) {
			return Rcode.FORMERR;
		}
		boolean transfer = asked.getType() == Type.AXFR || asked.getType() == Type.IXFR;
		OPTRecord options = message.getOPT();
		if (options != null && options.getVersion() > 0) {
			return Rcode.BADVERS;
		}
		return (transfer || asked.getDClass() != DClass.IN) ? Rcode.REFUSED : Rcode.NOERROR;
	}

	/**
	 * The answer to bytes that are no question.
	 * @return empty if they are not to be answered: answers answering each other would
	 * never end
	 */
	static Optional<byte[]> refusal(byte[] bytes) {
		if (bytes.length < HEADER || (bytes[2] & QR) != 0) {
			return Optional.empty();
		}
		Header header = new Header((bytes[0] & 0xff) << 8 | bytes[1] & 0xff);
		header.setFlag(Flags.QR);
		header.setOpcode((bytes[2] >> 3) & 0xf);
		header.setRcode(reason(bytes) & 0xf);
		Message answer = new Message();
		answer.setHeader(header);
		if (reason(bytes) == Rcode.BADVERS) {
			answer.addRecord(new OPTRecord(LARGEST_PAYLOAD, Rcode.BADVERS >> 4, 0), Section.ADDITIONAL);
		}
		return Optional.of(answer.toWire());
	}

	private static int reason(byte[] bytes) {
		try {
			Message message = new Message(bytes);
			return code(message, message.getQuestion());
		}
		catch (IOException | RuntimeException ex) {
			return Rcode.FORMERR;
		}
	}

	Record asked() {
		return this.asked;
	}

	boolean wantsRecursion() {
		return this.message.getHeader().getFlag(Flags.RD);
	}

	boolean wantsSignatures() {
		OPTRecord options = this.message.getOPT();
		return options != null && (options.getFlags() & ExtendedFlags.DO) != 0;
	}

	boolean disablesChecking() {
		return this.message.getHeader().getFlag(Flags.CD);
	}

	/** The largest answer that it can be given by UDP, in bytes. */
	int largestAnswer() {
		OPTRecord options = this.message.getOPT();
		int wanted = (options != null) ? options.getPayloadSize() : PLAIN_PAYLOAD;
		return Math.clamp(wanted, PLAIN_PAYLOAD, LARGEST_PAYLOAD);
	}

	/** An answer without records. */
	Message answer(int code) {
		Message answer = new Message(this.message.getHeader().getID());
		Header header = answer.getHeader();
		header.setFlag(Flags.QR);
		header.setFlag(Flags.RA);
		if (wantsRecursion()) {
			header.setFlag(Flags.RD);
		}
		header.setRcode(code & 0xf);
		answer.addRecord(this.asked, Section.QUESTION);
		if (this.message.getOPT() != null) {
			answer.addRecord(new OPTRecord(LARGEST_PAYLOAD, code >> 4, 0, wantsSignatures() ? ExtendedFlags.DO : 0),
					Section.ADDITIONAL);
		}
		return answer;
	}

}
