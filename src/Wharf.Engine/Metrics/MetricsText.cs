using System.Globalization;
using System.Text;

namespace Wharf.Engine.Metrics;

/// <summary>Writes Prometheus' text format, version 0.0.4.</summary>
internal sealed class MetricsText
{
    private readonly StringBuilder _text = new();

    public MetricsText Gauge(string name, string help, double value) => Head(name, help, "gauge").Sample(name, "", value);

    public MetricsText Counter(string name, string help, double value) => Head(name, help, "counter").Sample(name, "", value);

    public MetricsText Labelled(string name, string help, string type, params IEnumerable<(string Labels, double Value)> samples)
    {
        Head(name, help, type);
        foreach ((string labels, double value) in samples)
        {
            Sample(name, labels, value);
        }

        return this;
    }

    public MetricsText Histograms(string name, string help, params IEnumerable<(string Label, Histogram Histogram)> histograms)
    {
        Head(name, help, "histogram");
        foreach ((string label, Histogram histogram) in histograms)
        {
            long total = 0;
            IReadOnlyList<long> counts = histogram.Counts;
            for (int i = 0; i < counts.Count; i++)
            {
                total += counts[i];
                string bound = i < Histogram.Bounds.Length ? Number(Histogram.Bounds[i]) : "+Inf";
                Sample(name + "_bucket", $"{label},le=\"{bound}\"", total);
            }

            Sample(name + "_sum", label, histogram.Seconds);
            Sample(name + "_count", label, total);
        }

        return this;
    }

    /// <summary>A label's value as the format wants it.</summary>
    public static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    public override string ToString() => _text.ToString();

    private MetricsText Head(string name, string help, string type)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    private MetricsText Sample(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(Number(value)).Append('\n');
        return this;
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
