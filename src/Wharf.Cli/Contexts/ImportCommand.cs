using System.Formats.Tar;
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
        Run = RunAsync,
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
        using var memory = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        int count;
        while ((count = input.Read(buffer, 0, buffer.Length)) > 0)
        {
            memory.Write(buffer, 0, count);
            if (memory.Length > MaxSize)
            {
                throw new CommandException("read exceeds the defined limit");
            }
        }

        memory.Position = 0;
        cli.Contexts.Save(Read(memory, name));
        cli.Out.WriteLine(name);
        cli.Error.WriteLine($"Successfully imported context \"{name}\"");
        return Task.FromResult(0);
    }

    private static NamedContext Read(Stream archive, string name)
    {
        NamedContext? context = null;
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var reader = new TarReader(archive);
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is null)
                {
                    continue;
                }

                using var content = new MemoryStream();
                entry.DataStream.CopyTo(content);
                if (entry.Name == "meta.json")
                {
                    context = ContextStore.FromJson(content.ToArray(), "meta.json") with { Name = name };
                }
                else if (entry.Name.Split('/') is ["tls", "docker", var file] && file is "ca.pem" or "cert.pem" or "key.pem")
                {
                    files[entry.Name.Split('/')[2]] = content.ToArray();
                }
                else
                {
                    throw new CommandException($"unexpected context file: {entry.Name}");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new CommandException($"unexpected archive: {e.Message}");
        }

        return context is null ? throw new CommandException("invalid context: no metadata found") : context with { TlsFiles = files };
    }
}
