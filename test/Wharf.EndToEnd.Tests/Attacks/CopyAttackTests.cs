using System.Runtime.InteropServices;
using System.Text;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Attacks;

/// <summary>Copies into and out of containers that want them to land elsewhere, to run something, or never to end.</summary>
public sealed class CopyAttackTests(SharedEngine shared) : AttackTest(shared)
{
    [Theory]
    [Trait("attack", "cp-volume-mount-race")]
    [InlineData(true)]
    [InlineData(false)]
    public void LinksWhereVolumesAreMounted_LeadNoCopyOut(bool running)
    {
        using var outside = new Outside();
        string volume = NewName(), inner = NewName(), flipper = NewName(), victim = NewName(), archive = Path.Combine(Engine.Root, victim + ".tar");
        Engine.Load("debian");
        Run(Client.Docker, "volume", "create", volume).Ok();
        Run(Client.Docker, "create", "--name", victim, "-v", volume + ":/v", "-v", inner + ":/v/dir", "busybox", "sleep", "600").Ok();
        if (running)
        {
            Run(Client.Docker, "start", victim).Ok();
        }

        string tree = Directory.CreateTempSubdirectory("wharf-cp-").FullName;
        Directory.CreateDirectory(tree + "/v/dir/made");
        File.WriteAllText(tree + "/v/dir/made/file", "content");
        Command.Run("tar", ["-C", tree, "-cf", archive, "v"]).Ok();
        Run(Client.Docker, "run", "-d", "--name", flipper, "-v", volume + ":/v", "debian", "perl", "-e",
            $"mkdir '/v/dir'; mkdir '/v/real'; symlink '{outside.Path}', '/v/link'; my ($a, $b) = ('/v/dir', '/v/link'); while (1) {{ syscall(316, -100, $a, -100, $b, 2) }}").Ok();
        int done = 0;
        for (int i = 0; i < 30; i++)
        {
            // refused or done, as the link happens to lie; never outside
            done += Command.Run("sh", ["-c", $"{ClientPrograms.Of(Client.Docker)} cp - {victim}:/ < {archive}"], null, Engine.ClientEnvironment()).ExitCode == 0 ? 1 : 0;
            Run(Client.Docker, "cp", tree + "/v/dir/made", victim + ":/v/dir");
            Run(Client.Docker, "cp", victim + ":/v", tree + "/back");
            outside.MustBeUntouched();
        }

        Assert.True(done > 0, "no copy ever succeeded");
        Run(Client.Docker, "rm", "-f", flipper, victim).Ok();
        Run(Client.Docker, "volume", "rm", volume, inner).Ok();
        Assert.DoesNotContain(outside.Path, File.ReadAllText("/proc/self/mountinfo"));
        Directory.Delete(tree, recursive: true);
        File.Delete(archive);
    }

    [Fact]
    [Trait("attack", "cp-nss-load")]
    [Trait("attack", "cp-foreign-decompressor")]
    public void LibrariesAndDecompressorsOfAnImage_AreNeverLoadedByTheEngine()
    {
        using var outside = new Outside();
        string source = Directory.CreateTempSubdirectory("wharf-nss-").FullName;
        // whoever loads it, inside or outside of the container, leaves a mark in the root it has
        File.WriteAllText(source + "/mark.c", $$"""
            #include <fcntl.h>
            __attribute__((constructor)) static void mark(void) { open("{{outside.Path}}/loaded", O_CREAT | O_WRONLY, 0644); open("/loaded", O_CREAT | O_WRONLY, 0644); }
            """);
        Command.Run("gcc", ["-shared", "-fPIC", "-o", source + "/mark.so", source + "/mark.c"]).Ok();
        string image = Image(tree =>
        {
            foreach (string folder in (string[])["lib", "lib64", "usr/lib", "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"])
            {
                Directory.CreateDirectory($"{tree}/{folder}");
                foreach (string library in (string[])["libnss_files.so.2", "libnss_compat.so.2", "libnss_dns.so.2", "libnss_systemd.so.2", "libz.so.1", "liblzma.so.5", "libzstd.so.1", "libc.so.6"])
                {
                    File.Copy(source + "/mark.so", $"{tree}/{folder}/{library}");
                }
            }

            Directory.CreateDirectory(tree + "/etc");
            File.WriteAllText(tree + "/etc/nsswitch.conf", "passwd: files compat systemd\ngroup: files compat systemd\nhosts: dns\n");
            File.WriteAllText(tree + "/etc/passwd", "root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n");
            File.WriteAllText(tree + "/etc/group", "root:x:0:\nuser:x:1000:\n");
            foreach (string tool in "unpigz pigz gunzip gzip xz unxz zstd unzstd bzip2 bunzip2 tar".Split(' '))
            {
                File.WriteAllText($"{tree}/bin/{tool}", $"#!/bin/sh\ntouch {outside.Path}/ran /ran\ncat\n");
                File.SetUnixFileMode($"{tree}/bin/{tool}", (UnixFileMode)0b111_101_101);
            }
        });
        string name = NewName();
        Run(Client.Docker, "run", "-d", "--name", name, "-u", "user", image, "sleep", "600").Ok();
        Command.Run("sh", ["-c", $"cd {source} && tar -cf a.tar mark.c && gzip -k a.tar && xz -k a.tar && zstd -qk a.tar && bzip2 -k a.tar"]).Ok();
        foreach (string kind in (string[])["tar", "tar.gz", "tar.xz", "tar.zst", "tar.bz2"])
        {
            Command.Run("curl", ["-sf", "--unix-socket", Engine.Socket, "-T", $"{source}/a.{kind}", $"http://d/containers/{name}/archive?path=/etc&copyUIDGID=true"]).Ok();
            Assert.Contains("constructor", Run(Client.Docker, "exec", "-u", "user", name, "cat", "/etc/mark.c").Ok().Out);
            Run(Client.Docker, "exec", "-u", "0", name, "sh", "-c", "echo > /etc/mark.c").Ok();
        }

        foreach (Client client in (Client[])[Client.Docker, Client.Wharf])
        {
            Run(client, "cp", "-a", source + "/mark.c", name + ":/etc/").Ok();
            Run(client, "cp", name + ":/etc/passwd", source + "/passwd").Ok();
        }

        Run(Client.Docker, "commit", name, image + "-2").Ok();
        Assert.DoesNotContain("/loaded\n", Run(Client.Docker, "diff", name).Ok().Out);
        Assert.DoesNotContain("/ran\n", Run(Client.Docker, "diff", name).Ok().Out);
        outside.MustBeUntouched();
        Run(Client.Docker, "rm", "-f", name).Ok();
        Run(Client.Docker, "rmi", "-f", image, image + "-2");
        Directory.Delete(source, recursive: true);
    }

    [Theory]
    [Trait("attack", "cp-perms")]
    [InlineData(true)]
    [InlineData(false)]
    public void ModesAndOwnersOfTheHost_StayAsTheyAre(bool running)
    {
        using var outside = new Outside();
        File.SetUnixFileMode(outside.Path, (UnixFileMode)0b111_000_000);
        string image = Image(tree => File.CreateSymbolicLink(tree + "/out", outside.Path)), name = NewName();
        Run(Client.Docker, "create", "--name", name, image, "sleep", "600").Ok();
        if (running)
        {
            Run(Client.Docker, "start", name).Ok();
        }

        string tree = Directory.CreateTempSubdirectory("wharf-cp-").FullName;
        Command.Run("sh", ["-c", $"mkdir -m 777 {tree}/out && echo x > {tree}/out/file && chown -R 1000:1000 {tree}/out && tar -C {tree} -cf {tree}/a.tar out"]).Ok();
        Command.Run("sh", ["-c", $"{ClientPrograms.Of(Client.Docker)} cp -a - {name}:/ < {tree}/a.tar"], null, Engine.ClientEnvironment());
        Run(Client.Docker, "cp", "-a", tree + "/out/.", name + ":/out/");
        outside.MustBeUntouched();
        Assert.Equal("700 0 0", Command.Run("stat", ["-c", "%a %u %g", outside.Path]).Ok().Text);
        Run(Client.Docker, "rm", "-f", name).Ok();
        Run(Client.Docker, "rmi", "-f", image);
        Directory.Delete(tree, recursive: true);
    }

    [Fact]
    [Trait("attack", "cp-special")]
    public void PipesDevicesAndAttributes_AreKeptOrRefused_AndNothingBlocks()
    {
        string name = NewName(), folder = Directory.CreateTempSubdirectory("wharf-cp-").FullName;
        Engine.Load("debian");
        Run(Client.Docker, "run", "-d", "--name", name, "--device-cgroup-rule", "c 1:* rwm", "debian", "sleep", "600").Ok();
        Run(Client.Docker, "exec", name, "sh", "-c", "mkdir /s && cd /s && mkfifo fifo && mknod null c 1 3 && truncate -s 32M sparse && echo x > file && ln file hard && ln -s /etc/passwd soft && setcap cap_net_raw+ep file 2>/dev/null; true").Ok();
        Run(Client.Docker, "exec", name, "perl", "-e", "use Socket; socket(my $s, PF_UNIX, SOCK_STREAM, 0); bind($s, sockaddr_un('/s/socket'))").Ok();
        // security.capability in revision 2 (capabilities(7)): bytes that are no text
        Command.Run("python3", ["-c", $"import os; os.setxattr('/proc/{Inspect(name, "{{.State.Pid}}")}/root/s/file', 'security.capability', bytes.fromhex('0100000200200000000000000000000000000000'))"]).Ok();

        string listed = Command.Run("sh", ["-c", $"{ClientPrograms.Of(Client.Docker)} cp {name}:/s - | tee {folder}/s.tar | tar -tvf -"], null, Engine.ClientEnvironment(), 120).Ok().Out;
        Assert.Matches(@"(?m)^prw.* s/fifo$", listed);
        Assert.Matches(@"(?m)^crw.* 1,3 .* s/null$", listed);
        Assert.Matches(@"(?m)^-rw.* 33554432 .* s/sparse$", listed);
        Assert.Matches(@"(?m)^(h.* s/(file|hard) link to s/(file|hard)|hrw.*)$", listed);
        Assert.DoesNotContain("s/socket", listed);

        // and in again, beside members that lead outside or would mark directories of overlayfs
        File.WriteAllText(folder + "/evil.py", $$"""
            import tarfile, io
            t = tarfile.open('{{folder}}/evil.tar', 'w', format=tarfile.PAX_FORMAT)
            def add(name, type=tarfile.REGTYPE, link='', pax={}):
                i = tarfile.TarInfo(name); i.type = type; i.linkname = link; i.pax_headers = pax; i.mode = 0o755; t.addfile(i)
            add('d', tarfile.DIRTYPE, pax={'SCHILY.xattr.trusted.overlay.opaque': 'y'})
            add('etc', tarfile.DIRTYPE, pax={'SCHILY.xattr.trusted.overlay.opaque': 'y'})
            add('d/pipe', tarfile.FIFOTYPE)
            t.close()
            t = tarfile.open('{{folder}}/hard.tar', 'w')
            add('passwd', tarfile.LNKTYPE, '../../../../../../etc/machine-id')
            t.close()
            """);
        Command.Run("python3", [folder + "/evil.py"]).Ok();
        string archive = $"http://d/containers/{name}/archive?path=";
        Command.Run("curl", ["-sf", "--unix-socket", Engine.Socket, "-T", folder + "/s.tar", archive + "/srv"], timeoutSeconds: 120).Ok();
        Assert.Equal("fifo|character special file|33554432|2", Run(Client.Docker, "exec", name, "sh", "-c", "cd /srv/s && echo $(stat -c %F fifo)\"|\"$(stat -c %F null)\"|\"$(stat -c %s sparse)\"|\"$(stat -c %h file)").Ok().Text);
        string root = $"/proc/{Inspect(name, "{{.State.Pid}}")}/root";
        Assert.Equal("0100000200200000000000000000000000000000", Command.Run("python3", ["-c", $"import os; print(os.getxattr('{root}/srv/s/file', 'security.capability').hex())"]).Ok().Text);

        CommandResult marked = Command.Run("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", Engine.Socket, "-T", folder + "/evil.tar", archive + "/"]);
        Assert.Contains(marked.Text, (string[])["200", "400", "500"]);
        Run(Client.Docker, "exec", name, "test", "-e", "/etc/passwd").Ok();
        Assert.Equal("", Command.Run("sh", ["-c", $"getfattr -h -R -m trusted.overlay -d {Inspect(name, "{{.GraphDriver.Data.UpperDir}}")}/etc {Inspect(name, "{{.GraphDriver.Data.UpperDir}}")}/d 2>/dev/null | grep opaque; true"]).Ok().Text);
        CommandResult linked = Command.Run("curl", ["-s", "-w", "%{http_code}", "--unix-socket", Engine.Socket, "-T", folder + "/hard.tar", archive + "/srv"]);
        Assert.DoesNotContain("200", linked.Text);
        Assert.NotEqual(0, Run(Client.Docker, "exec", name, "test", "-e", "/srv/passwd").ExitCode);
        Directory.Delete(folder, recursive: true);
    }

    [Theory, MemberData(nameof(Clients))]
    public void StoppedContainer_ShowsAndTakesFilesOfVolumesInItsFolders(Client client)
    {
        string name = NewName(), volume = NewName(), folder = Directory.CreateTempSubdirectory("wharf-cp-").FullName;
        Run(client, "run", "--name", name, "-v", volume + ":/data/deep/v", "-v", folder + ":/data/bind:ro", "busybox", "sh", "-c", "echo inside > /data/deep/v/file; echo own > /data/own; ln -s /data/deep /link").Ok();
        File.WriteAllText(folder + "/bound", "bound");
        Run(client, "cp", name + ":/data", folder + "/out").Ok();
        Assert.Equal(("inside\n", "own\n", "bound"), (File.ReadAllText(folder + "/out/deep/v/file"), File.ReadAllText(folder + "/out/own"), File.ReadAllText(folder + "/out/bind/bound")));
        Run(client, "cp", name + ":/link/v/file", folder + "/linked").Ok();
        Assert.Equal("inside\n", File.ReadAllText(folder + "/linked"));

        Directory.CreateDirectory(folder + "/in/deep/v");
        File.WriteAllText(folder + "/in/deep/v/second", "put");
        Run(client, "cp", folder + "/in/.", name + ":/data").Ok();
        Assert.Equal("put", Run(client, "run", "--rm", "-v", volume + ":/v", "busybox", "cat", "/v/second").Ok().Text);
        Run(client, "cp", folder + "/linked", name + ":/data/bind/refused").Fails(1);
        Assert.False(File.Exists(folder + "/refused"));
        Assert.Equal("", Command.Run("sh", ["-c", $"grep '{Engine.ExecRoot}/cp' /proc/{Engine.DaemonPid}/mountinfo; true"]).Ok().Text);
        Run(client, "rm", name).Ok();
        Run(client, "volume", "rm", volume).Ok();
        Directory.Delete(folder, recursive: true);
    }

    [Theory, MemberData(nameof(Clients))]
    public void StoppedContainer_LinksInAVolume_LeadWhereTheContainerWouldGo(Client client)
    {
        string name = NewName(), volume = NewName(), folder = Directory.CreateTempSubdirectory("wharf-cp-").FullName;
        Run(client, "run", "--name", name, "-v", volume + ":/data", "-v", volume + ":/mnt/other", "busybox", "sh", "-c",
            "mkdir /data/sub; echo inside > /data/sub/f; ln -s /data/sub /data/abs; ln -s /data/sub/f /data/file; ln -s ../../../etc /data/up; ln -s /mnt/other/sub /data/cross; ln -s /data /whole; ln -s /own /data/out; mkdir /own; echo own > /own/f").Ok();
        foreach ((string path, string expected) in ((string, string)[])[("/data/abs/f", "inside"), ("/data/cross/f", "inside"), ("/whole/abs/f", "inside"), ("/data/out/f", "own"), ("/data/up/hostname", Inspect(name, "{{.Config.Hostname}}"))])
        {
            Run(client, "cp", $"{name}:{path}", folder + "/copy").Ok();
            Assert.Equal(expected, File.ReadAllText(folder + "/copy").Trim());
            File.Delete(folder + "/copy");
        }

        Run(client, "cp", "-L", name + ":/data/file", folder + "/copy").Ok();
        Assert.Equal("inside\n", File.ReadAllText(folder + "/copy"));
        Run(client, "cp", name + ":/data/file", folder + "/link").Ok();
        Assert.Equal("/data/sub/f", new FileInfo(folder + "/link").LinkTarget);
        File.Delete(folder + "/link");
        Run(client, "cp", name + ":/data/abs/.", folder + "/whole").Ok();
        Assert.Equal("inside\n", File.ReadAllText(folder + "/whole/f"));
        foreach (string target in (string[])["/data/abs/a", "/data/cross/b", "/whole/abs/c", "/data/file", "/data/out/d"])
        {
            Run(client, "cp", folder + "/copy", $"{name}:{target}").Ok();
        }

        Assert.Equal("a b c f", Run(client, "run", "--rm", "-v", volume + ":/v", "busybox", "sh", "-c", "echo $(ls /v/sub)").Ok().Text);
        Run(client, "cp", name + ":/own/d", folder + "/d").Ok();
        Run(client, "rm", name).Ok();
        Run(client, "volume", "rm", volume).Ok();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [Trait("attack", "cp-special")]
    [InlineData(Client.Docker, false)]
    [InlineData(Client.Docker, true)]
    [InlineData(Client.Wharf, false)]
    [InlineData(Client.Wharf, true)]
    public void ExtendedAttributes_OfAnyBytes_ComeAndGo(Client client, bool running)
    {
        string name = NewName(), folder = Directory.CreateTempSubdirectory("wharf-cp-").FullName;
        string tree = Directory.CreateDirectory(folder + "/tree").FullName;
        File.WriteAllText(tree + "/f", "text");
        File.CreateSymbolicLink(tree + "/link", "f");
        Command.Run("ln", [tree + "/f", tree + "/second"]).Ok();
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)], capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var set = new Dictionary<string, byte[]> { ["security.capability"] = capability, ["user.bytes"] = bytes, ["user.lines"] = "a\nb=\0c\n"u8.ToArray(), ["user.empty"] = [] };
        foreach ((string key, byte[] value) in set)
        {
            Assert.Equal(0, setxattr(tree + "/f", key, value, value.Length, 0));
        }

        Run(client, "run", running ? "-dt" : "-t", "--name", name, "busybox", running ? "cat" : "true").Ok();
        Run(client, "cp", tree, name + ":/in").Ok();
        Run(client, "cp", name + ":/in", folder + "/back").Ok();
        // the stock client carries the one attribute that programs need to run
        foreach ((string key, byte[] value) in set.Where(a => client == Client.Wharf || a.Key == "security.capability"))
        {
            Assert.Equal(value, Attribute(folder + "/back/f", key));
        }

        // an archive of somebody else's making keeps them all, both ways
        string archive = folder + "/all.tar";
        Command.Run("tar", ["-C", folder, "--xattrs", "--xattrs-include=*", "-cf", archive, "tree"]).Ok();
        Command.Run("sh", ["-c", $"{ClientPrograms.Of(client)} cp - {name}:/ < {archive} && {ClientPrograms.Of(client)} cp {name}:/tree - > {archive}.2 && mkdir {folder}/third && tar -C {folder}/third --xattrs --xattrs-include='*' -xf {archive}.2"], null, Engine.ClientEnvironment()).Ok();
        foreach ((string key, byte[] value) in set)
        {
            Assert.Equal(value, Attribute(folder + "/third/tree/f", key));
        }

        if (client == Client.Wharf)
        {
            Assert.Equal("2", Command.Run("stat", ["-c", "%h", folder + "/back/f"]).Ok().Text);
            Assert.Equal("f", new FileInfo(folder + "/back/link").LinkTarget);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static byte[] Attribute(string path, string name)
    {
        byte[] buffer = new byte[4096];
        nint count = getxattr(path, name, buffer, buffer.Length);
        Assert.True(count >= 0, $"{path} has no attribute {name}");
        return buffer[..(int)count];
    }

    [DllImport("libc", CharSet = CharSet.Ansi)]
    private static extern int setxattr(string path, string name, byte[] value, nint size, int flags);

    [DllImport("libc", CharSet = CharSet.Ansi)]
    private static extern nint getxattr(string path, string name, byte[] value, nint size);
}
