package io.tracery.proxy.tcp;

import io.netty.buffer.ByteBuf;
import java.util.Locale;

/**
 * The first message of TLS (RFC 8446 section 4.1.2), as far as the name of the server that it asks for (RFC 6066 section 3).
 * It looks and takes nothing, follows a message over several records, and is bounded: what is longer, or malformed, asks for
 * nobody. With Encrypted Client Hello it sees the outer name.
 */
public final class ClientHello {

    /** A longer one is passed on unread. */
    public static final int LONGEST = 16 * 1024;

    private static final int HANDSHAKE = 0x16;
    private static final int TLS_MAJOR = 3;
    private static final int LONGEST_RECORD = 16 * 1024;
    private static final int CLIENT_HELLO = 1;
    private static final int VERSION_AND_RANDOM = 34;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;
    private static final int LONGEST_NAME = 253;

    private final ByteBuf in;
    private int at;
    private int leftInRecord;
    /** Of the message; before its length is known, of the four bytes that say it. */
    private int left = 4;

    private State state = State.READING;
    private String serverName = "";

    private enum State {
        READING,
        MORE_NEEDED,
        DONE
    }

    private ClientHello(ByteBuf in) {
        this.in = in;
        this.at = in.readerIndex();
    }

    /** Reads what there is. */
    public static ClientHello in(ByteBuf in) {
        ClientHello hello = new ClientHello(in);
        hello.read();
        return hello;
    }

    /** False where more bytes could still say a name. */
    public boolean known() {
        return state == State.DONE || in.readableBytes() > LONGEST;
    }

    /** In lower case; empty where none is asked for, or none that a host could have. */
    public String serverName() {
        return serverName;
    }

    private void read() {
        int type = number(1);
        int length = number(3);
        left = length;
        if (type != CLIENT_HELLO || length > LONGEST) {
            end();
        }
        skip(VERSION_AND_RANDOM);
        skip(number(1)); // legacy_session_id
        skip(number(2)); // cipher_suites
        skip(number(1)); // legacy_compression_methods
        if (state == State.READING && left == 0) {
            end(); // TLS 1.2 may have no extensions.
        }
        if (number(2) != left) {
            end(); // Extensions are the rest of the message.
        }
        while (state == State.READING && left > 0) {
            int extension = number(2);
            int size = number(2);
            if (size > left) {
                end();
            }
            if (extension == SERVER_NAME) {
                hostName(size);
            }
            skip(size);
        }
        if (state == State.READING) {
            end();
        }
    }

    /** The first of a list that has one in practice and by RFC 6066 one of each kind. */
    private void hostName(int size) {
        int list = number(2);
        int kind = number(1);
        int length = number(2);
        if (list != size - 2 || kind != HOST_NAME || length == 0 || length > Math.min(list - 3, LONGEST_NAME)) {
            end();
        }
        StringBuilder name = new StringBuilder(LONGEST_NAME);
        for (int i = 0; i < length && state == State.READING; i++) {
            char c = (char) number(1);
            if (!isOfHosts(c)) {
                end();
            }
            name.append(c);
        }
        if (state == State.READING) {
            serverName = name.toString().toLowerCase(Locale.ROOT);
            end();
        }
    }

    private static boolean isOfHosts(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_';
    }

    private void end() {
        if (state == State.READING) {
            state = State.DONE;
        }
    }

    /** 0 once reading has ended. */
    private int number(int bytes) {
        int number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << Byte.SIZE | next();
        }
        return state == State.READING ? number : 0;
    }

    private void skip(int bytes) {
        for (int i = 0; i < bytes && state == State.READING; i++) {
            next();
        }
    }

    private int next() {
        if (left == 0) {
            end(); // The message is shorter than its parts say.
        }
        if (state == State.READING && leftInRecord == 0) {
            nextRecord();
        }
        if (state == State.READING && at >= in.writerIndex()) {
            state = State.MORE_NEEDED;
        }
        if (state != State.READING) {
            return 0;
        }
        left--;
        leftInRecord--;
        return in.getUnsignedByte(at++);
    }

    private void nextRecord() {
        int there = in.writerIndex() - at;
        if ((there > 0 && in.getUnsignedByte(at) != HANDSHAKE)
                || (there > 1 && in.getUnsignedByte(at + 1) != TLS_MAJOR)) {
            end();
        } else if (there < 5) {
            state = State.MORE_NEEDED;
        } else {
            leftInRecord = in.getUnsignedShort(at + 3);
            at += 5;
            if (leftInRecord == 0 || leftInRecord > LONGEST_RECORD) {
                end();
            }
        }
    }
}
