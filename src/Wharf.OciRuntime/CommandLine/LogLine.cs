using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wharf.OciRuntime.CommandLine;

/// <summary>A line of the log in the two forms that engines read: logrus' JSON and logrus' text.</summary>
internal static class LogLine
{
    public static string Format(string level, string message, DateTimeOffset time, bool json)
    {
        string stamp = time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string text = Quote(message);
        return json ? $"{{\"level\":\"{level}\",\"msg\":{text},\"time\":\"{stamp}\"}}" : $"time=\"{stamp}\" level={level} msg={text}";
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
