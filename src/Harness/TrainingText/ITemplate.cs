using System.Text;

namespace Gdn.Harness.TrainingText;

/// <summary>One kind of text. An object of it lives as long as one document and remembers what it wrote.</summary>
internal interface ITemplate
{
    /// <summary>Appends one instance: one line or a few, each ended by a newline.</summary>
    void Append(StringBuilder text);
}
