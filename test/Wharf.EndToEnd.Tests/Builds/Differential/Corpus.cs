namespace Wharf.EndToEnd.Tests.Builds.Differential;

/// <summary>Dockerfiles whose results must be those of Docker's classic builder: name, Dockerfile, and a shell script that fills the context.</summary>
/// <remarks>
/// Left out is where dockerd 20.10 and BuildKit differ, as we then do what BuildKit does, whose reference manual defines the language: the classic builder takes set-user-id from copied files in
/// folders, writes through a link that is the destination itself, takes <c>/dir/.</c> for a file, leaves a WORKDIR as it is written and to root, whoever USER is, and the owners in an archive that --chown is given for.
/// </remarks>
internal static class Corpus
{
    public static readonly IReadOnlyDictionary<string, (string Dockerfile, string Script)> Cases = new Dictionary<string, (string, string)>
    {
        ["configuration"] = (
            """
            FROM busybox
            MAINTAINER Some Body <some@body.example>
            LABEL one=1 "two words"="a b" three='c "d"'
            LABEL legacy form of it
            ENV A=1 B="two words" C=with\ blank
            ENV legacy the rest is the value
            EXPOSE 9000 80/tcp 53/udp 8000-8003 80
            WORKDIR /made/$A
            USER daemon:users
            STOPSIGNAL SIGQUIT
            HEALTHCHECK --interval=5s --timeout=3s --start-period=1m --retries=4 CMD test -e /healthy || exit 1
            VOLUME /data /more
            VOLUME ["/json volume"]
            ENTRYPOINT ["/bin/echo", "entry"]
            CMD ["a", "b $A"]
            ONBUILD RUN echo never
            ONBUILD COPY . /never
            """, ""),
        ["shell-forms"] = (
            """
            FROM busybox
            CMD echo $HOME && exit 3
            ENTRYPOINT exec top -b
            SHELL ["/bin/sh", "-e", "-c"]
            RUN echo a > /a
            CMD echo again
            HEALTHCHECK NONE
            """, ""),
        ["entrypoint-clears-inherited-command"] = ("FROM busybox AS base\nCMD [\"inherited\"]\nFROM base\nENTRYPOINT [\"/bin/echo\"]\n", ""),
        ["command-before-entrypoint-stays"] = ("FROM busybox\nCMD [\"own\"]\nENTRYPOINT [\"/bin/echo\"]\n", ""),
        ["empty-forms"] = ("FROM busybox\nENTRYPOINT []\nCMD []\nRUN true\n", ""),
        ["scratch"] = ("FROM scratch\nCOPY a /\nCOPY a /deep/er/\nCMD [\"/a\"]\n", "echo a > a"),
        ["scratch-configuration"] = ("FROM scratch\nENV A=1\nLABEL a=b\nEXPOSE 80\nCOPY a /\n", "echo a > a"),
        ["slashes"] = (
            """
            FROM busybox
            COPY a /file
            COPY a /dir/
            COPY d /made
            COPY d/ /made2/
            COPY d /etc
            ADD a relative/
            WORKDIR /w
            COPY a .
            COPY a ./under/
            COPY a b many/
            COPY a /w
            ADD d/sub /made/
            COPY d/sub/. /dots
            """, "echo a > a; echo b > b; mkdir -p d/sub; echo c > d/c; echo e > d/sub/e; ln -s c d/link; chmod 750 d; chmod 700 d/sub"),
        ["wildcards"] = ("FROM busybox\nCOPY *.txt /t/\nCOPY d?/x* [k]* /u/\nADD d1/x\\*y /lit/\n", "touch a.txt b.txt c.md key; mkdir d1 d2; echo 1 > d1/x1; echo 2 > d2/x2; echo 3 > 'd1/x*y'"),
        ["ignored"] = ("FROM busybox\nCOPY . /c\n", "printf '*.md\\n!keep.md\\n**/tmp\\nsub/*/x?\\n' > .dockerignore; touch a.md keep.md; mkdir -p sub/one tmp d/tmp; touch sub/one/x1 sub/one/x d/tmp/f d/g"),
        ["whole-context"] = ("FROM busybox\nCOPY . /c\nCOPY . /\nADD . /d/\n", "chmod 751 .; mkdir -m 700 private; touch private/x; mkdir -m 1777 open"),
        ["special-files"] = ("FROM busybox\nCOPY . /c/\n",
            "mkdir -m 2775 setgid; mkdir empty; echo x > one; ln one two; ln -s /absolute/nowhere abs; ln -s ../one setgid/rel; chmod 6711 two; truncate -s 100k sparse; touch 'with space' \"quote'\" ünïcode; chmod 0 one"),
        ["chown"] = (
            """
            FROM busybox
            RUN mkdir -p /there/sub && chown 7:8 /there && chmod 700 /there
            COPY --chown=daemon a /a1
            COPY --chown=daemon:users a /a2
            COPY --chown=12:34 d /d
            COPY --chown=55 a /new/dir/
            COPY --chown=1:2 d /there
            """, "echo a > a; mkdir -p d/sub; echo b > d/b; chmod 640 d/b; tar cf t.tar d"),
        ["archives"] = (
            """
            FROM busybox
            ADD plain.tar /plain
            ADD t.tgz /gz/
            ADD t.tbz /bz/
            ADD t.txz /xz
            ADD plain.tar /
            COPY plain.tar /kept.tar
            ADD notar.tgz /notar/
            ADD plain.tar t.tgz /two/
            RUN mkdir -p /over/d && echo old > /over/d/f && echo stays > /over/d/g
            ADD plain.tar /over
            """,
            "mkdir -p d/sub; echo f > d/f; ln d/f d/hard; ln -s f d/soft; ln -s /etc/passwd d/abs; chmod 4711 d/f; mkdir -m 1733 d/sticky; mkfifo d/fifo; chown -h 1000:2000 d/sub d/soft;"
            + "tar cf plain.tar d; tar czf t.tgz d; tar cjf t.tbz d; tar cJf t.txz d; rm -r d; echo no > notar.tgz"),
        ["archive-capability"] = ("FROM busybox\nADD t.tar /\n", "echo x > prog; setcap cap_net_raw+ep prog; tar --xattrs --xattrs-include='*' -cf t.tar prog; rm prog"),
        ["volumes"] = (
            """
            FROM busybox
            RUN mkdir /data && echo before > /data/before
            VOLUME /data
            RUN echo lost > /data/lost; echo kept > /kept
            COPY a /data/copied
            RUN cat /data/copied > /seen
            """, "echo a > a"),
        ["triggers"] = (
            """
            FROM busybox AS base
            WORKDIR /app
            ONBUILD COPY a /app/
            ONBUILD RUN cat a > b
            ONBUILD ENV FROM_TRIGGER=yes
            FROM base
            RUN echo $FROM_TRIGGER > c
            """, "echo a > a"),
        ["workdirs"] = (
            """
            FROM busybox
            WORKDIR /one/two
            WORKDIR three
            WORKDIR /by/daemon
            ENV SUB=var
            WORKDIR /${SUB}/x
            RUN pwd > /tmp/where
            WORKDIR /tmp
            """, ""),
        ["workdir-through-link"] = ("FROM busybox\nRUN mkdir /real && ln -s /real /link\nWORKDIR /link/sub\nRUN echo x > f\n", ""),
        ["links-as-destinations"] = (
            """
            FROM busybox
            RUN mkdir -p /real/dir && ln -s /real /abs && ln -s real/dir rel && ln -s ../../../../real /up && echo old > /real/file && ln -s /real/file /tofile
            COPY a /abs/
            COPY a /rel/a
            COPY d /up/d
            COPY d /abs
            ADD a /abs/dir/deep/a
            ADD t.tar /rel/
            COPY a /up
            """, "echo a > a; mkdir d; echo b > d/b; tar cf t.tar d"),
        ["dangling-links-as-destinations"] = (
            """
            FROM busybox
            RUN mkdir -p /x/y && ln -s /nowhere/deep /abs && ln -s ../z /x/y/rel && ln -s y /x/to && ln -s ../../../../../up /esc && ln -s /abs/on /chain
            COPY a /abs/
            COPY a /x/to/rel/
            ADD a /esc/sub/
            COPY a /chain/a
            """, "echo a > a"),
        ["links-as-sources"] = ("FROM busybox\nCOPY link /l1\nCOPY link /in/\nCOPY dlink /l2\nCOPY d /l3\n", "echo a > a; ln -s a link; mkdir d; echo b > d/b; ln -s b d/inner; ln -s d dlink"),
        ["overwriting"] = (
            """
            FROM busybox
            RUN mkdir -p /t/sub && echo 1 > /t/f && chmod 600 /t/f && chown 9:9 /t/f /t && chmod 711 /t && echo s > /t/sub/s
            COPY f /t/f
            COPY t /t
            COPY f /etc/hosts
            """, "echo new > f; mkdir -p t/sub; echo 2 > t/g; chmod 755 t; chmod 700 t/sub"),
        ["variables"] = (
            """
            ARG TAG=latest
            FROM busybox:${TAG}
            ARG TAG
            ARG WITH=default
            ARG NONE
            ENV A=a
            ENV B=${A}b C=$A-c D=${UNSET:-fallback} E=${A:+set} F=${UNSET:+unset} G=\$A H='$A' I="${A} x"
            ENV A=new OLD=$A
            LABEL a="$A" with=$WITH none="x$NONE"
            COPY $OLD${NONE} /$WITH/
            EXPOSE ${PORT:-8080}/udp
            RUN echo $WITH $TAG $A $B > /out
            USER ${NOBODY:-nobody}
            STOPSIGNAL ${SIG:-9}
            """, "echo a > a"),
        ["continuations"] = ("# a comment\n# another\nFROM busybox\nRUN echo one \\\n  # inside\n  && echo two > /x \\\n\n  && echo three >> /x\nENV A=1 \\\n    B=2\nrun echo lower > /lower\n", ""),
        ["escape-directive"] = ("# escape=`\nFROM busybox\nRUN echo one `\n && echo two > /x\nENV A=C:\\dir\n", ""),
        ["changes"] = (
            """
            FROM busybox
            RUN mkdir -p /a/b/c /o/sub && echo 1 > /a/1 && echo 2 > /a/b/2 && echo 3 > /o/3 && ln /a/1 /a/hard
            RUN rm /a/1 && rm -r /a/b && echo new > /a/new
            RUN rm -rf /o && mkdir /o && echo 4 > /o/4
            RUN chmod 700 /a && chown 5:6 /a/new && chmod u+s /bin/busybox
            RUN mv /a/new /a/moved && mkdir /t && chmod 3777 /t && mkfifo /t/fifo && mknod /t/null c 1 3 && ln -s nowhere /t/soft
            RUN touch /a/moved && rm -f /nothing
            RUN mv /a /z
            RUN echo x > "/name with blank" && touch /$(printf 'caf\303\251')
            RUN rm /etc/passwd && mkdir /etc/passwd
            """, ""),
        ["users"] = ("FROM busybox\nRUN mkdir -m 777 /w\nUSER daemon\nRUN id > /w/id && umask 077 && touch /w/f\nCOPY a /w/\nUSER 1234:5678\nRUN touch /w/g\nUSER root\nWORKDIR /x\nRUN touch y\n", "echo a > a"),
        ["stages"] = (
            """
            FROM busybox AS one
            RUN mkdir -p /src/sub && echo a > /src/a && chown -R 3:4 /src && chmod 750 /src/sub && ln -s a /src/l && ln /src/a /src/hard
            FROM one AS two
            RUN echo two > /two
            FROM busybox
            COPY --from=one /src /dst
            COPY --from=one /src/l /l
            COPY --from=two --chown=9 /two /src/a /both/
            COPY --from=0 /src/. /dot/
            COPY --from=busybox /bin/env /env
            """, ""),
        ["squeezed-parents"] = ("FROM busybox\nCOPY a /x/y/z/\nADD a /p/q\nRUN stat -c %a /x /x/y > /modes\n", "umask 077; echo a > a"),
    };
}
