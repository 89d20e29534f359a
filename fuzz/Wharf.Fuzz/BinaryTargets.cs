using System.Text;
using Wharf.Archive.Compression;
using Wharf.Archive.Tar;
using Wharf.Engine.Logs;
using Wharf.Images.Archives;
using Wharf.Images.Transfers;
using Wharf.Linux.Netlink;
using Wharf.Network.Names;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Launch;
using Wharf.Runtime.Seccomp;
using Wharf.Runtime.Shims.Protocol;
using Wharf.Runtime.Shims.Reading;

namespace Wharf.Fuzz;

/// <summary>Every parser of bytes: archives, packets, documents of images and runtimes, what shims and daemon say to each other.</summary>
internal static class BinaryTargets
{
    // more than any seed holds: a bomb is cut off here, as its readers do
    private const long MostContent = 64 << 20;

    private const string Spec = """
        {"ociVersion":"1.2.0","hostname":"h","root":{"path":"rootfs","readonly":true},"process":{"terminal":false,"user":{"uid":1,"gid":2,"additionalGids":[3]},"args":["sh","-c","x"],"env":["PATH=/bin"],"cwd":"/",
        "capabilities":{"bounding":["CAP_CHOWN"],"effective":["CAP_CHOWN"],"permitted":["CAP_CHOWN"]},"rlimits":[{"type":"RLIMIT_NOFILE","hard":1024,"soft":512}],"noNewPrivileges":true},
        "mounts":[{"destination":"/proc","type":"proc","source":"proc","options":["nosuid","noexec"]},{"destination":"/t","type":"tmpfs","source":"tmpfs","options":["size=1m","mode=755","ro"]}],
        "linux":{"namespaces":[{"type":"mount"},{"type":"pid"},{"type":"user"}],"uidMappings":[{"containerID":0,"hostID":1000,"size":10}],"maskedPaths":["/proc/kcore"],"readonlyPaths":["/proc/sys"],"sysctl":{"net.ipv4.ip_forward":"1"},
        "devices":[{"path":"/dev/x","type":"c","major":1,"minor":3,"fileMode":438}],"seccomp":{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":1,"op":"SCMP_CMP_EQ"}]}]},
        "resources":{"memory":{"limit":1000000,"swap":-1},"cpu":{"shares":2,"cpus":"0-1"},"devices":[{"allow":false,"access":"rwm"}],"pids":{"limit":5}}},"hooks":{"poststop":[{"path":"/x","args":["a"],"timeout":1}]},"annotations":{"a":"b"}}
        """;

    public static IReadOnlyList<Target> All =>
    [
        new("tar", input => ReadTar(new MemoryStream(input)).GetAwaiter().GetResult(), Tars(), typeof(InvalidDataException), typeof(EndOfStreamException)),
        new("compressed", input => DecompressAsync(input).GetAwaiter().GetResult(), Compressed(), typeof(InvalidDataException), typeof(EndOfStreamException)),
        new("dns", input =>
        {
            if (DnsQuery.TryParse(input, out DnsQuery? query, out DnsCode error) && query is not null)
            {
                _ = DnsAnswer.Fit(DnsAnswer.Empty(query), query).Length + DnsAnswer.Addresses(query, []).Length;
            }
            else if (error != DnsCode.None)
            {
                _ = DnsAnswer.Error(input, error);
            }
        },
        [
            [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, (byte)'w', (byte)'e', (byte)'b', 0, 0, 1, 0, 1],
            [0, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, (byte)'a', 1, (byte)'b', 0, 0, 28, 0, 1, 0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0],
            [0, 3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 12, 0, 1],
        ]),
        new("netlink", Netlink,
        [
            [36, 0, 0, 0, 16, 0, 2, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 0, 3, 0, (byte)'l', (byte)'o', 0, 0],
            [20, 0, 0, 0, 3, 0, 2, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0],
            [36, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0xea, 0xff, 0xff, 0xff, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ]),
        new("runtime-spec", input => RuntimeSpecReader.ReadSpec(input), [Utf8(Spec)]),
        new("launch-plan", CompilePlan, [Utf8(Spec)]),
        new("process-spec", input => RuntimeSpecReader.ReadProcess(input), [Utf8("{\"args\":[\"a\"],\"cwd\":\"/\",\"user\":{\"uid\":1},\"env\":[\"A=b\"],\"terminal\":true,\"consoleSize\":{\"height\":1,\"width\":2}}")]),
        new("resources", input => RuntimeSpecReader.ReadResources(input), [Utf8("{\"memory\":{\"limit\":1},\"cpu\":{\"quota\":5,\"period\":100000},\"blockIO\":{\"weight\":10},\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":1}]}")]),
        new("shim-task", input => ShimJsonReader.Task(input), [Utf8("{\"containerId\":\"a\",\"spec\":" + Spec + ",\"rootfs\":{\"type\":\"overlay\",\"lower\":[\"/a\"],\"upper\":\"/b\",\"work\":\"/c\"}}")]),
        new("shim-frames", input =>
        {
            Quietly(() => ShimWire.DecodeRequest(input));
            _ = ShimWire.DecodeReply(input);
        }, [[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [4, 1, 0, 0, 0, 3, 0, 0, 0, (byte)'a', (byte)'b', (byte)'c', 0, 0, 0, 0, 9, 9]]),
        new("seccomp", input =>
        {
            LinuxSeccomp profile = SeccompProfile.Parse(input).Resolve(["CAP_CHOWN"]);
            SeccompCompiler.Translate(profile);
        }, [Utf8("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X86\"]}],\"syscalls\":[{\"names\":[\"read\",\"write\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":1,\"value\":5,\"valueTwo\":6,\"op\":\"SCMP_CMP_MASKED_EQ\"}],\"includes\":{\"minKernel\":\"4.8\",\"caps\":[\"CAP_CHOWN\"]}}]}")]),
        new("image-config", input => ArchivedImage.ReadConfig(input, 1), [Utf8("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"A=b\"],\"Cmd\":[\"x\"],\"ExposedPorts\":{\"80/tcp\":{}},\"Volumes\":{\"/v\":{}},\"Healthcheck\":{\"Test\":[\"NONE\"],\"Interval\":1}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" + new string('a', 64) + "\"]},\"history\":[{\"created_by\":\"x\",\"empty_layer\":true}]}")]),
        new("manifest", input => ManifestDocument.ReadManifest(input, "application/vnd.oci.image.manifest.v1+json"), [Utf8("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:" + new string('b', 64) + "\",\"size\":7},\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:" + new string('c', 64) + "\",\"size\":9}]}")]),
        new("index", input => ManifestDocument.ReadIndex(input, "application/vnd.oci.image.index.v1+json"), [Utf8("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:" + new string('d', 64) + "\",\"size\":3,\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"},\"annotations\":{\"a\":\"b\"}}]}")]),
        new("json-log", input => ReadLog(new JsonFileDecoder(), input), [Utf8("{\"log\":\"line\\n\",\"stream\":\"stdout\",\"time\":\"2023-11-14T22:13:20.1Z\"}\n{\"log\":\"a\\u003cb\\ud83d\",\"stream\":\"stderr\",\"attrs\":{\"x\":\"y\"},\"time\":\"2023-11-14T22:13:20Z\"}\n")]),
        new("local-log", input => ReadLog(new LocalLogDecoder(), input), [[0, 0, 0, 15, 10, 6, (byte)'s', (byte)'t', (byte)'d', (byte)'o', (byte)'u', (byte)'t', 16, 1, 26, 3, (byte)'a', (byte)'b', (byte)'c', 0, 0, 0, 15]]),
    ];

    private static readonly string[] TarFormats = ["gnu", "pax", "ustar", "v7"];
    private static readonly string[] Compressors = ["gzip", "bzip2", "xz", "zstd"];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Primitives.WharfException)
        {
            // refused; the other direction is tried all the same
        }
    }

    private static async Task ReadTar(Stream stream)
    {
        using var reader = new TarReader(stream);
        long read = 0;
        while (read < MostContent && await reader.ReadEntryAsync(CancellationToken.None) is not null)
        {
            TarChunk chunk;
            do
            {
                chunk = await reader.ReadContentAsync(CancellationToken.None);
                read += Math.Max(chunk.Data.Length, 1);
            }
            while (!chunk.IsEnd && read < MostContent);
        }
    }

    private static async Task DecompressAsync(byte[] input)
    {
        await using DecompressedStream plain = await Decompression.OpenAsync(new MemoryStream(input), leaveOpen: false, CancellationToken.None);
        byte[] buffer = new byte[64 * 1024];
        long total = 0;
        int count;
        while (total < MostContent && (count = await plain.Content.ReadAsync(buffer)) > 0)
        {
            total += count;
        }
    }

    private static void Netlink(byte[] input)
    {
        foreach (NetlinkMessage message in new NetlinkMessages(input))
        {
            _ = message.Type;
            foreach (NetlinkAttribute attribute in message.Attributes(16))
            {
                _ = attribute.Type;
                foreach (NetlinkAttribute nested in new NetlinkAttributes(attribute.Value))
                {
                    _ = nested.Type;
                }
            }
        }
    }

    private static void CompilePlan(byte[] input)
    {
        RuntimeSpec spec = RuntimeSpecReader.ReadSpec(input);
        using LaunchPlan plan = SpecCompiler.Compile(new LaunchRequest { ContainerId = "fuzz", Spec = spec, Bundle = "/nonexistent", Stdio = StdioDescriptors.None });
        _ = plan.Describe();
    }

    private static void ReadLog(LogDecoder decoder, byte[] input)
    {
        ReadOnlySpan<byte> rest = input;
        while (rest.Length > 0)
        {
            int used = decoder.Read(rest, out _, out _);
            if (used <= 0)
            {
                break;
            }

            rest = rest[used..];
        }

        decoder.FindTail(new MemoryStream(input), 2);
    }

    // ustar, GNU long name, pax and an old GNU sparse file, by the writer that every tar in this repository comes from
    private static byte[][] Tars()
    {
        string folder = Directory.CreateTempSubdirectory("wharf-fuzz-").FullName;
        try
        {
            File.WriteAllText(folder + "/file", "content");
            File.WriteAllText(folder + "/" + new string('n', 150), "long");
            File.CreateSymbolicLink(folder + "/link", "file");
            using (FileStream sparse = File.Create(folder + "/sparse"))
            {
                sparse.SetLength(1 << 20);
                sparse.Position = 1 << 19;
                sparse.Write("x"u8);
            }

            return [.. TarFormats.Select(format => RunTar(folder, format))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] RunTar(string folder, string format)
    {
        string[] files = format is "gnu" or "pax" ? ["-S", "."] : ["file", "link"];
        return Output("tar", ["-C", folder, "-c", "-b1", "--format=" + format, .. files]);
    }

    private static byte[][] Compressed()
    {
        byte[] plain = Utf8(string.Concat(Enumerable.Repeat("some content that repeats itself ", 40)));
        return [.. Compressors.Where(p => File.Exists("/usr/bin/" + p)).Select(program => Output(program, ["-c"], plain)), plain];
    }

    private static byte[] Output(string program, IEnumerable<string> arguments, byte[]? input = null)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        if (input is not null)
        {
            process.StandardInput.BaseStream.Write(input);
        }

        process.StandardInput.Close();
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return output.ToArray();
    }
}
