namespace Gdn.Harness.Perplexity;

/// <summary>What a reference predicts at the scored positions of a text: the probabilities of all tokens.</summary>
internal interface IDistributions
{
    /// <summary>Chunks that it has, from the first on.</summary>
    int Chunks { get; }

    /// <summary>Tokens of the vocabulary.</summary>
    int Vocabulary { get; }

    /// <summary>Log-probabilities up to this are not known better than that.</summary>
    double Least { get; }

    /// <summary>Reads the log-probabilities at a scored position.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="logProbabilities">Where they go <c>[V]</c>, in nats.</param>
    void Read(int index, Span<double> logProbabilities);
}
