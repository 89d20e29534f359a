using System.Formats.Tar;
using System.Text;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Configuration;

namespace Wharf.Cli.Contexts;

internal static class ExportCommand
{
    public static Command Definition => new("export", "Export a context to a tar archive FILE or a tar stream on STDOUT.")
    {
        Usage = "[OPTIONS] CONTEXT [FILE|-]",
        Arity = Arity.Between(1, 2),
        Complete = Completion.Contexts,
        Run = new(RunAsync),
    };

    private static Task<int> RunAsync(Invocation call, CancellationToken ct)
    {
        CliContext cli = call.Cli;
        string name = call.Arguments[0];
        ContextStore.ValidateName(name);
        NamedContext context = cli.Contexts.Get(name);
        string target = call.Arguments.Count > 1 ? call.Arguments[1] : name + ".dockercontext";
        if (target == "-" && cli.Out.IsTerminal)
        {
            throw new CommandException("cowardly refusing to export to a terminal, specify a file path");
        }

        using var memory = new MemoryStream();
        Write(memory, context);
        if (target == "-")
        {
            cli.Out.Write(memory.ToArray());
            return Task.FromResult(0);
        }

        try
        {
            using var file = new FileStream(target, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            file.Write(memory.ToArray());
        }
        catch (IOException) when (File.Exists(target))
        {
            throw new CommandException($"open {target}: file exists");
        }

        cli.Error.WriteLine($"Written file \"{target}\"");
        return Task.FromResult(0);
    }

    private static void Write(Stream output, NamedContext context)
    {
        using var tar = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true);
        AddFile(tar, "meta.json", Encoding.UTF8.GetBytes(ContextStore.ToJson(context)), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        AddDirectory(tar, "tls/");
        if (context.TlsFiles.Count > 0)
        {
            AddDirectory(tar, "tls/docker/");
        }

        foreach ((string name, byte[] content) in context.TlsFiles)
        {
            AddFile(tar, "tls/docker/" + name, content, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static void AddFile(TarWriter tar, string name, byte[] content, UnixFileMode mode) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = mode });

    private static void AddDirectory(TarWriter tar, string name) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, name) { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute });
}
