using System.Formats.Tar;
using System.IO.Compression;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;

namespace Wharf.Cli.Contexts;

internal static class ImportCommand
{
    // a context is a few certificates; whatever is larger is none
    private const long MaxSize = 10 << 20;

    public static Command Definition => new("import", "Import a context from a tar or zip file")
    {
        Usage = "CONTEXT FILE|-",
        Arity = Arity.Exactly(2),
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string name = call.Arguments[0];
        ContextStore.ValidateName(name);
        if (cli.Contexts.Exists(name))
        {
            throw new CommandException($"context \"{name}\" already exists");
        }

        using Stream input = call.Arguments[1] == "-" ? cli.Terminal.Input : Images.InputFile.Open(call.Arguments[1]);
        byte[] archive = Content(input);
        using var memory = new MemoryStream(archive, 0, archive.Length, writable: false, publiclyVisible: true);
        cli.Contexts.Save(Read(memory, name));
        cli.Out.WriteLine(name);
        cli.Error.WriteLine($"Successfully imported context \"{name}\"");
        return Task.FromResult(0);
    }

    private static NamedContext Read(MemoryStream archive, string name)
    {
        NamedContext? context = null;
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            foreach ((string path, byte[] content) in archive.GetBuffer().AsSpan(0, (int)archive.Length).StartsWith("PK"u8) ? FromZip(archive) : FromTar(archive))
            {
                if (path == "meta.json")
                {
                    context = ContextStore.FromJson(content, "meta.json") with { Name = name };
                }
                else if (path.Split('/') is ["tls", "docker", var file] && file is "ca.pem" or "cert.pem" or "key.pem")
                {
                    files[path.Split('/')[2]] = content;
                }
                else
                {
                    throw new CommandException($"unexpected context file: {path}");
                }
            }
        }
        catch (InvalidDataException)
        {
            throw new CommandException("archive/tar: invalid tar header");
        }
        catch (EndOfStreamException)
        {
            throw new CommandException("unexpected EOF");
        }

        return context is null ? throw new CommandException("invalid context: no metadata found") : context with { TlsFiles = files };
    }

    private static IEnumerable<(string Path, byte[] Content)> FromTar(Stream archive)
    {
        using var reader = new TarReader(archive);
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && entry.DataStream is { } data)
            {
                yield return (entry.Name, Content(data));
            }
        }
    }

    private static IEnumerable<(string Path, byte[] Content)> FromZip(Stream archive)
    {
        using var reader = new ZipArchive(archive, ZipArchiveMode.Read);
        foreach (ZipArchiveEntry entry in reader.Entries)
        {
            if (!entry.FullName.EndsWith('/'))
            {
                using Stream data = entry.Open();
                yield return (entry.FullName, Content(data));
            }
        }
    }

    // What an archive says of its sizes is not believed: the bytes are counted as they come.
    private static byte[] Content(Stream data)
    {
        using var content = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        int count;
        while ((count = data.Read(buffer, 0, buffer.Length)) > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > MaxSize)
            {
                throw new CommandException("read exceeds the defined limit");
            }
        }

        return content.ToArray();
    }
}
