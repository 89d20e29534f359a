using System.Formats.Tar;
using System.Text;
using Wharf.Primitives;

namespace Wharf.Registry.Hosting;

/// <summary>
/// The root file system of the registry's image, as a tar stream: this program, the libraries of the host that it is linked to, certificates,
/// a configuration where Docker's image has one. No shell, no package manager.
/// </summary>
internal static class RootFiles
{
    private const string Loader = "/lib64/ld-linux-x86-64.so.2";

    private static readonly string[] Libraries = ["libc.so.6", "libm.so.6"];
    private static readonly string[] LibraryFolders = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64"];

    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch;

    /// <exception cref="WharfException">A library is not where distributions have it.</exception>
    public static void Write(Stream output)
    {
        using var tar = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true);
        foreach (string folder in new[] { "bin", "lib64", "lib", "lib/x86_64-linux-gnu", "etc", "etc/docker", "etc/docker/registry", "etc/ssl", "etc/ssl/certs", "var", "var/lib", "var/lib/registry" })
        {
            Add(tar, TarEntryType.Directory, folder, (UnixFileMode)0x1ED, null, null);
        }

        Add(tar, TarEntryType.Directory, "tmp", (UnixFileMode)0x3FF, null, null);
        AddFile(tar, "bin/wharf-registry", Environment.ProcessPath!, (UnixFileMode)0x1ED);
        Add(tar, TarEntryType.SymbolicLink, "bin/registry", (UnixFileMode)0x1FF, null, "wharf-registry");
        AddFile(tar, Loader[1..], Loader, (UnixFileMode)0x1ED);
        foreach (string library in Libraries)
        {
            string path = LibraryFolders.Select(f => Path.Combine(f, library)).FirstOrDefault(File.Exists)
                ?? throw WharfException.NotFound($"{library} is in none of {string.Join(", ", LibraryFolders)}");
            AddFile(tar, "lib/x86_64-linux-gnu/" + library, path, (UnixFileMode)0x1ED);
        }

        if (File.Exists("/etc/ssl/certs/ca-certificates.crt"))
        {
            AddFile(tar, "etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs/ca-certificates.crt", (UnixFileMode)0x1A4);
        }

        AddText(tar, "etc/passwd", "root:x:0:0:root:/:/bin/wharf-registry\nnobody:x:65534:65534:nobody:/:/bin/wharf-registry\n");
        AddText(tar, "etc/group", "root:x:0:\nnogroup:x:65534:\n");
        AddText(tar, "etc/nsswitch.conf", "hosts: files dns\n");
        AddText(tar, "etc/docker/registry/config.yml", "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: /var/lib/registry\nhttp:\n  addr: :5000\n");
    }

    private static void AddFile(TarWriter tar, string name, string path, UnixFileMode mode)
    {
        using FileStream content = File.OpenRead(path);
        Add(tar, TarEntryType.RegularFile, name, mode, content, null);
    }

    private static void AddText(TarWriter tar, string name, string text) =>
        Add(tar, TarEntryType.RegularFile, name, (UnixFileMode)0x1A4, new MemoryStream(Encoding.ASCII.GetBytes(text)), null);

    private static void Add(TarWriter tar, TarEntryType type, string name, UnixFileMode mode, Stream? content, string? target)
    {
        var entry = new UstarTarEntry(type, name) { Mode = mode, ModificationTime = Time };
        if (target is not null)
        {
            entry.LinkName = target;
        }

        if (content is not null)
        {
            entry.DataStream = content;
        }

        tar.WriteEntry(entry);
    }
}
