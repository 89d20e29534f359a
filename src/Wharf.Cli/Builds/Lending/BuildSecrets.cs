using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Flags;

namespace Wharf.Cli.Builds.Lending;

/// <summary><c>--secret id=NAME[,src=FILE|,env=VARIABLE]</c>: read here, sent at the head of the request's body.</summary>
internal static class BuildSecrets
{
    /// <summary>As much as BuildKit takes.</summary>
    private const int MaxBytes = 500 << 10;

    /// <exception cref="CommandException">A flag that is not understood, a file that cannot be read, a variable that is not set.</exception>
    public static Dictionary<string, byte[]> Read(Invocation call)
    {
        var secrets = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string text in call.List("secret"))
        {
            (string id, byte[] value) = ReadOne(text, call.Cli);
            secrets[id] = value.Length <= MaxBytes ? value : throw new CommandException($"secret {id} has {value.Length} bytes; {MaxBytes} are allowed");
        }

        return secrets;
    }

    /// <summary>The head of a body: length and JSON. Null when there are none.</summary>
    public static byte[]? Preamble(Dictionary<string, byte[]> secrets)
    {
        if (secrets.Count == 0)
        {
            return null;
        }

        using var memory = new MemoryStream();
        memory.Write([0, 0, 0, 0]);
        using (var writer = new Utf8JsonWriter(memory))
        {
            writer.WriteStartObject();
            foreach ((string id, byte[] value) in secrets)
            {
                writer.WriteString(id, Convert.ToBase64String(value));
            }

            writer.WriteEndObject();
        }

        byte[] bytes = memory.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 4);
        return bytes;
    }

    private static (string Id, byte[] Value) ReadOne(string text, CliContext cli)
    {
        string id = "", source = "", variable = "", type = "";
        foreach (string field in Fields(text))
        {
            int equals = field.IndexOf('=');
            string value = equals < 0 ? throw new CommandException($"invalid field '{field}' must be a key=value pair") : field[(equals + 1)..];
            switch (field[..equals].ToLowerInvariant())
            {
                case "type" when value is "file" or "env":
                    type = value;
                    break;
                case "type":
                    throw new CommandException($"unsupported secret type \"{value}\"");
                case "id":
                    id = value;
                    break;
                case "source" or "src":
                    source = value;
                    break;
                case "env":
                    variable = value;
                    break;
                default:
                    throw new CommandException($"unexpected key '{field[..equals]}' in '{field}'");
            }
        }

        if (id.Length == 0)
        {
            throw new CommandException("secret missing ID");
        }

        // Without a source the id names a variable, if there is one, else a file: as buildx has it.
        variable = variable.Length > 0 ? variable : type == "env" ? (source.Length > 0 ? source : id) : source.Length == 0 && type != "file" && cli.EnvRaw(id) is not null ? id : "";
        return variable.Length > 0
            ? (id, Encoding.UTF8.GetBytes(cli.EnvRaw(variable) ?? throw new CommandException($"secret {id}: the environment variable {variable} is not set")))
            : (id, ReadFile(id, source.Length > 0 ? source : id));
    }

    private static byte[] ReadFile(string id, string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"failed to read the secret {id}: {FileErrors.Text(e)}");
        }
    }

    private static List<string> Fields(string text)
    {
        try
        {
            return CommaSeparated.Split(text);
        }
        catch (FormatException)
        {
            throw new CommandException("failed to parse secret: expected id=NAME,src=FILE or id=NAME,env=VARIABLE");
        }
    }
}
