using System.Globalization;
using System.Text;
using System.Text.Json;
using Wharf.Cli.Framework.Commands;
using Wharf.Cli.Framework.Output;
using Wharf.Cli.Framework.Terminal;
using Wharf.Client.Streams;

namespace Wharf.Cli.Framework.Progress;

/// <summary>
/// Shows the progress messages of pull, push, load, import and build: on a terminal one line per id, updated in place; otherwise
/// only the lines that say something new.
/// </summary>
internal sealed class ProgressDisplay(Terminal.TextOutput output, Func<int> width, TimeProvider clock)
{
    private const int DefaultWidth = 200;

    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    public static ProgressDisplay On(Terminal.TextOutput output, CliContext cli) =>
        new(output, () => cli.Terminal.Size?.Columns ?? DefaultWidth, cli.Clock);

    /// <param name="body">The messages.</param>
    /// <param name="aux">Gets each <c>aux</c> value, which is for programs.</param>
    /// <param name="ct">Stops reading.</param>
    /// <exception cref="CommandException">The error that the engine sent at the end.</exception>
    public async Task ShowAsync(Stream body, Action<JsonElement>? aux, CancellationToken ct)
    {
        await foreach (ReadOnlyMemory<byte> json in JsonLines.ReadRawAsync(body, ct))
        {
            using JsonDocument document = JsonDocument.Parse(json);
            Show(document.RootElement, aux);
        }
    }

    public void Show(JsonElement message, Action<JsonElement>? aux)
    {
        if (message.TryGetProperty("aux", out JsonElement auxiliary) && auxiliary.ValueKind != JsonValueKind.Null)
        {
            aux?.Invoke(auxiliary);
            return;
        }

        string id = Text(message, "id");
        ProgressBar? bar = message.TryGetProperty("progressDetail", out JsonElement detail) && detail.ValueKind == JsonValueKind.Object
            ? ProgressBar.From(detail)
            : null;
        int up = 0;
        var piece = new StringBuilder();
        if (id.Length > 0 && bar is not null)
        {
            if (!_lines.TryGetValue(id, out int line))
            {
                line = _lines.Count;
                _lines[id] = line;
                piece.Append(output.IsTerminal ? "\n" : "");
            }

            up = _lines.Count - line;
            piece.Append(output.IsTerminal ? Move(up, 'A') : "");
        }
        else
        {
            _lines.Clear();
        }

        ThrowIfError(message, piece);
        Append(piece, message, id, bar);
        if (id.Length > 0 && output.IsTerminal)
        {
            piece.Append(Move(up, 'B'));
        }

        if (piece.Length > 0)
        {
            output.Write(piece.ToString());
        }
    }

    private void Append(StringBuilder piece, JsonElement message, string id, ProgressBar? bar)
    {
        string stream = Text(message, "stream");
        string barText = bar?.Text(width(), clock.GetUtcNow()) ?? "";
        string end = "";
        if (output.IsTerminal && stream.Length == 0 && bar is not null)
        {
            piece.Append("\u001b[2K\r");
            end = "\r";
        }
        else if (barText.Length > 0)
        {
            return;
        }

        piece.Append(id.Length > 0 ? VisibleText.Of(id) + ": " : "");
        string from = Text(message, "from");
        piece.Append(from.Length > 0 ? $"(from {VisibleText.Of(from)}) " : "");
        string status = VisibleText.Of(Text(message, "status"));
        if (bar is not null && output.IsTerminal)
        {
            piece.Append(status).Append(' ').Append(barText).Append(end);
        }
        else if (stream.Length > 0)
        {
            piece.Append(stream).Append(end);
        }
        else
        {
            piece.Append(status).Append(end).Append('\n');
        }
    }

    private void ThrowIfError(JsonElement message, StringBuilder pending)
    {
        int code = 1;
        string text = Text(message, "error");
        if (message.TryGetProperty("errorDetail", out JsonElement detail) && detail.ValueKind == JsonValueKind.Object)
        {
            text = Text(detail, "message") is { Length: > 0 } inner ? inner : text;
            code = detail.TryGetProperty("code", out JsonElement number) && number.TryGetInt32(out int given) && given != 0 ? given : 1;
        }

        if (text.Length > 0)
        {
            output.Write(pending.ToString());
            throw new CommandException(text, code);
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string Move(int lines, char direction) =>
        lines == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"\u001b[{lines}{direction}");
}
