namespace Gdn.Harness.TrainingText;

/// <summary>What a part of the corpus is for. The parts share no template instance.</summary>
public enum CorpusSplit
{
    /// <summary>Seen by the optimizer.</summary>
    Train,

    /// <summary>Watched during training, to keep the best weights.</summary>
    Valid,

    /// <summary>Held out: what the published figures are measured on.</summary>
    Test,
}
